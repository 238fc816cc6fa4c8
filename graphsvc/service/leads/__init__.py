"""Leads: who stands out and why, how sure that is, what to ask next, what people decided about it."""
