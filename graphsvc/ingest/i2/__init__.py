"""Charts of i2 Analyst's Notebook, read as a delivery."""
