"""Pages of the network: the picture, ways, saved views, comments, the case at a glance, each entity in it."""
