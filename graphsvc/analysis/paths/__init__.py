"""Paths between two entities of the network, and its links in columns."""
