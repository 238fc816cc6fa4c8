"""Results turned into pages, pictures and files. Pure."""
