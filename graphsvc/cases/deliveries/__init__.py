"""Deliveries: loading, undoing, erasing, completing after a kill; waiting statements; deliveries made from forms."""
