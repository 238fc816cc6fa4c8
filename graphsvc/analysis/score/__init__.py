"""Who stands out and why: the ranking, what it is made of, and how it is told to whom."""
