"""Other machines: workers of a Dask scheduler, which receive only numbers. Imports Dask only if a scheduler is set."""
