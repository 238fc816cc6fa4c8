"""Reading deliveries: files → rows with file and line → values or rejections → the state of a case."""
