"""Worker movements: what one reader may see of them, as a subject of a session."""
