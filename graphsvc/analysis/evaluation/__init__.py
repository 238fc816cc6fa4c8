"""How good a ranking is, on invented cases whose truth is known, beside textbook measures."""
