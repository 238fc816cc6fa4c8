"""The page of search, and suggestions."""
