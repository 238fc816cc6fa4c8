"""Surges as an answer and as pictures: days with their expected counts, a line with its band, a calendar. Pure."""
