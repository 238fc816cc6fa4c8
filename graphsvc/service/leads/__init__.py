"""Leads: the people who stand out and why, how sure that is, what to ask next, and decisions about them."""
