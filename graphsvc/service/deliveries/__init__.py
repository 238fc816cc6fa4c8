"""Deliveries: loaded from files and forms, taken back; statements and their history; accounts that wait."""
