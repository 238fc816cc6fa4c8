"""Network pages: the picture, paths, saved views, comments, the case at a glance, and each entity."""
