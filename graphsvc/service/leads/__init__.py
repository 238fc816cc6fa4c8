"""Leads: the people who stand out and why, how certain that is, what to ask next, and decisions about them."""
