"""Cypher of one's own: run, cancelled, its history, and the case's library of queries."""
