"""A picture of the network: its nodes and links, their layout, grouping and colours, and comparisons of pictures."""
