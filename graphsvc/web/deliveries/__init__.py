"""Pages of deliveries: loading a file, adding and correcting by form, statements and their history."""
