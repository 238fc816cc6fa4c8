"""Where people went when a workplace closed: who was there, where they appear next, whether chance would do as well, who moved them."""
