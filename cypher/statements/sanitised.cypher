// ---
// title = "What witnesses said, sanitised"
// why = "The sanitised versions of witness statements, for every reader: without who said it, when and about whom, and each text once. A statement without one is withheld."
// kind = "table"
// limit = 1000
// [returns]
// sanitised = "Statement.sanitised"
// [example]
// rows = 14
// ---
MATCH (s:Statement {case: $case, kind: 'witness', status: 'given'})
WHERE s.handling IN $handling AND s.sanitised IS NOT NULL AND s.sanitised <> '[withheld]'
RETURN DISTINCT s.sanitised AS sanitised
ORDER BY sanitised
LIMIT $limit + 1
