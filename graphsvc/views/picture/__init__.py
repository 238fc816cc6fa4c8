"""A picture of the network: which nodes and links, where they lie, how they are grouped, painted and compared."""
