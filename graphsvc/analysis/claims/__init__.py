"""Input of the analysis: claims, persons and dependence between sources, and the belief in each claim and link."""
