"""The network as links: paths through it, key-player sets, its state after removals, NetworkX graphs."""
