// ---
// title = "Statements by the day they were taken"
// why = "The strip of time below the network; without source clearance those of witnesses are not counted"
// kind = "internal"
// limit = 200000
// [returns]
// day = "Statement.taken_on"
// count = "computed.count"
// ---
MATCH (s:Statement {case: $case})
WHERE s.handling IN $handling AND s.kind IN $voices AND s.taken_on IS NOT NULL
RETURN s.taken_on AS day, count(*) AS count
ORDER BY day
LIMIT $limit + 1
