"""Deliveries: imported from files and forms, and undone; statements with their history; waiting statements."""
