"""The network: pictures of it, ways through it, saved views, comments."""
