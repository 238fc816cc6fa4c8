"""Invented cases, and rankings held against what was planted in them."""
