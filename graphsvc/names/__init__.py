"""Names of people and things in any script: how they are spelt and sound, how they are found, and how they are masked. Pure."""
