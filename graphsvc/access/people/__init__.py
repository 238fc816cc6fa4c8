"""People: accounts, how they prove their identity, and their permissions."""
