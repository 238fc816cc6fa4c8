"""Help pages: what the numbers mean, and which role may do what."""
