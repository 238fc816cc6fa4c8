"""Pages of where workers went: every place that people left, one of them, and one person's places."""
