"""Access control and its record: the one door to the store, people and their roles, the log, the vault, decisions."""
