"""Pages that explain: what the numbers mean, who may do what."""
