"""Queries: the named ones, and Cypher of one's own: run, cancelled, its history, and the case's library of it."""
