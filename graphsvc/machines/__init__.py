"""Other machines: the workers of a Dask scheduler, which are given numbers alone. Imports Dask only where a scheduler is set."""
