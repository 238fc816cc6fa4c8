"""Exports: what would go and whom it could give away; made, agreed to, fetched, recalled."""
