"""Pages of exports: what would go, whom it could give away, and what was given."""
