"""Storage of people's decisions and of their requests to each other."""
