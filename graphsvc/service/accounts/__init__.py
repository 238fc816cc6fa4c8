"""Accounts: one's own, and those an administrator manages."""
