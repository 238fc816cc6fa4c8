"""Search: entities, free text, and the sealed by what one knows of them."""
