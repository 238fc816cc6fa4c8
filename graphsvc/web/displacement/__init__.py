"""Worker movement pages: all places that people left, one place, and one person's places."""
