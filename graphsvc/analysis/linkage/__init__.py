"""Linked crossings: names of each crossing, overlap of two, and clusters. Pure functions."""
