// ---
// title = "How many statements of each kind"
// why = "The first thing a case page says; witness statements are not counted for those without source clearance"
// kind = "internal"
// limit = 20
// [returns]
// kind = "Statement.kind"
// count = "Source.count"
// ---
MATCH (s:Statement {case: $case})
WHERE s.handling IN $handling AND s.kind IN $voices
RETURN s.kind AS kind, count(*) AS count
ORDER BY kind
