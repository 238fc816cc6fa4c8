"""Key-player sets, what each member adds, and the network after removals."""
