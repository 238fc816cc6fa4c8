"""Witnesses identifiable from the facts shown, and facts to leave out so that no one can be identified."""
