"""Linked crossings: names reported about each crossing, the overlap of two crossings, and clusters."""
