"""Accounts: a person's own, and those an administrator manages."""
