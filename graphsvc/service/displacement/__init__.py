"""Worker movements: the subject of a session, computed on what its reader may see."""
