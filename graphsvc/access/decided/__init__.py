"""What people decided and asked of each other, as it is kept."""
