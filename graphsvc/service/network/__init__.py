"""The network: pictures, paths, saved views and comments."""
