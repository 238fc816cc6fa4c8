"""Who acts: accounts, how they prove themselves, and what they may do."""
