"""Surges: what a count by day is expected to be, days with more than that, lasting changes, and records."""
