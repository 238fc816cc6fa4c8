"""Paths between two ends of the network, and its links in columns."""
