"""The only door to the store: it checks permission for each question and redacts each answer."""
