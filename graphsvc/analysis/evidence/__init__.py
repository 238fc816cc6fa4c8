"""What is given: claims and persons, which sources depend on each other, and how far each claim and link is believed."""
