"""Invented cases, and how well rankings find the truth planted in them."""
