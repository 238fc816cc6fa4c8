"""Exports: contents and exposure previewed; made, agreed to, fetched and recalled."""
