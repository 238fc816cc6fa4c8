"""The state of a case → what stands in the graph: who is sealed, what is masked, which figures each link has. Pure."""
