"""Series over time: of the case and brought in as files, and what is out of the ordinary in them."""
