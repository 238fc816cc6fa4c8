// ---
// title = "Statements whose source had an interest noted"
// why = "For an innocent reading of a lead, asked only with source clearance"
// kind = "internal"
// limit = 20000
// [parameters.ids]
// type = "list"
// help = "ids of statements"
// [returns]
// statement = "Statement.id"
// kind = "Statement.kind"
// noted = "Statement.interest"
// ---
MATCH (s:Statement {case: $case})
WHERE s.id IN $ids AND s.handling IN $handling AND s.kind IN $voices AND s.interest IS NOT NULL
RETURN s.id AS statement, s.kind AS kind, s.interest AS noted
ORDER BY statement
LIMIT $limit + 1
