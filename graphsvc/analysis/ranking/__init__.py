"""The ranking of leads: the score, its ingredients, its reasons, and what each class of reader is shown."""
