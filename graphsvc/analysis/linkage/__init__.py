"""Which crossings hang together: what each has, how much that speaks for one series, and which cluster. Pure."""
