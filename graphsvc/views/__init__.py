"""Results → something to look at or to take away. Pure."""
