"""Pure functions from claims to figures: beliefs, ranking and reasons."""
