"""Linked crossings: the comparison and its answers."""
