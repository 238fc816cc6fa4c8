"""Surges: the expected count of each day, days with more than expected, lasting changes, and records."""
