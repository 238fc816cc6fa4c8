"""Events of a case with their days and places, and a map and a calendar of them. Pure."""
