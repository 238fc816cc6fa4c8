"""Quality of a ranking, on invented cases with known truth, compared with textbook measures."""
