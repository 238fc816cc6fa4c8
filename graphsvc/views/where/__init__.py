"""Where and when: what happened in a case as events with days and places, a map and a calendar of them. Pure."""
