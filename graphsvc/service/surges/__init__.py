"""Series over time, from the case or from imported files, and their outliers."""
