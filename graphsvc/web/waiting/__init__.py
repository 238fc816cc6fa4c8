"""Pages of what waits for somebody in a case, and what is new to them."""
