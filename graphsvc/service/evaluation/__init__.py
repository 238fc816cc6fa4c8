"""Invented cases, and rankings compared with the truth planted in them."""
