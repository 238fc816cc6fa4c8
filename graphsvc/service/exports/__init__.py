"""Exports: preview their contents and exposure; make, agree to, fetch and recall them."""
