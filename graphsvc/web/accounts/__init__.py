"""Pages of accounts: signing in, one's own, everybody's."""
