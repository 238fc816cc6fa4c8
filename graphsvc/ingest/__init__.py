"""Files → rows that know their file and line → values, or a rejection → the state of a case."""
