// The mark of what was written last. It has no property `case`: it is nothing of the case, and no query of one meets it.
MERGE (m:GraphsvcMark {of: $case})
SET m.mark = $mark
