"""Names of people and things in any script: how they are spelt and sound, how they are found, and where they are withheld. Pure."""
