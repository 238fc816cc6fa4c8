"""The network as links: ways through it, sets that hold it together, what is left without them, NetworkX graphs."""
