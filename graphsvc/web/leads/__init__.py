"""Pages of leads: the list, why one is a lead, groups of witnesses, sets."""
