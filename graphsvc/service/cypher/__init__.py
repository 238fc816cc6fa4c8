"""Queries: named ones, and free Cypher with its runs, its history and the case's library."""
