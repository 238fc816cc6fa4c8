"""Lead pages: the list, why one person is a lead, groups of witnesses, and key players."""
