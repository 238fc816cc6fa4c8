"""Search: entities, free text, and sealed people by known details."""
