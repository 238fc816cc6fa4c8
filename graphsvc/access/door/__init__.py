"""The one door to the store: who may ask what, and what of an answer is released."""
