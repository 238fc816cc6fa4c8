"""Account pages: signing in, the user's own account, and all accounts."""
