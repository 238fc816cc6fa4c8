// ---
// title = "Statements whose source had an interest noted"
// why = "For an innocent reading of a lead, asked only with source clearance: few of a whole case, so they are read once for all leads"
// kind = "internal"
// limit = 2000000
// [returns]
// kind = "Statement.kind"
// told = "computed.rows"
// ---
// told, for each statement: id
MATCH (s:Statement {case: $case})
WHERE s.handling IN $handling AND s.kind IN $voices AND s.interest IS NOT NULL
RETURN s.kind AS kind, collect([s.id]) AS told
ORDER BY kind
LIMIT $limit + 1
