"""The inbox of a user in a case: open work and news."""
