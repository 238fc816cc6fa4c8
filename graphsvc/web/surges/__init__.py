"""Pages of series over time: what stands out in them, and series that are brought in."""
