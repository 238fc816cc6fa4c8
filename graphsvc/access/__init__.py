"""Who may see what, and proof of it: the one door to the store, people and their roles, the log, the vault, decisions."""
