"""Delivery pages: importing a file, adding and correcting by form, statements and their history."""
