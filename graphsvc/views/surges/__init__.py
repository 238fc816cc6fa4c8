"""Surges as an answer and as pictures: days beside what was expected of them, a line with its band, a calendar. Pure."""
