"""Names of people and things in any script: spelling, sound, finding them in text, and withholding them. Pure."""
