"""Turns the state of a case into its graph: people sealed, texts masked, figures for each link. Pure."""
