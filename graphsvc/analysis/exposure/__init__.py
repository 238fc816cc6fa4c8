"""Which witnesses could be worked out from what is shown, and what to leave out so that nobody can."""
