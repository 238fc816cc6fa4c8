// The mark that a case bears here: none in another store or an emptied one, another in an older copy of this one.
MATCH (m:GraphsvcMark {of: $case})
RETURN m.mark AS mark
