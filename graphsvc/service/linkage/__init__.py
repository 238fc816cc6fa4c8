"""Linked crossings: how crossings are compared, and the results shown to readers."""
