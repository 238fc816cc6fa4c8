// ---
// title = "Crossings and statements by day"
// why = "The strip of time below the network; without source clearance statements of witnesses are not counted"
// kind = "internal"
// limit = 20000
// [returns]
// what = "computed.kind"
// day = "computed.date"
// count = "computed.count"
// ---
CALL () {
  MATCH (c:Crossing {case: $case})
  WHERE c.handling IN $handling AND c.date IS NOT NULL
  RETURN 'crossings' AS what, left(c.date, 10) AS day
  UNION ALL
  MATCH (s:Statement {case: $case})
  WHERE s.handling IN $handling AND s.kind IN $voices AND s.taken_on IS NOT NULL
  RETURN 'statements' AS what, left(s.taken_on, 10) AS day
}
RETURN what, day, count(*) AS count
ORDER BY what, day
LIMIT $limit + 1
