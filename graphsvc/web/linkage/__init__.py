"""Pages of crossings that hang together: the clusters, one of them, and two crossings compared."""
