"""Names of people and things in any script: how they are spelt, heard, found in text and withheld. Pure."""
