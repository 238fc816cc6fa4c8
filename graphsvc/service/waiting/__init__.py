"""Inbox: pending work and news of a person in a case, the same for pages, commands and notebooks."""
