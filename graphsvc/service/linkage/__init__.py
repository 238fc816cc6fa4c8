"""Which crossings hang together: what is read for it, and the answers."""
