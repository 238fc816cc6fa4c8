"""Pages of series over time: what stands out in them, and imported series."""
