// ---
// title = "Rows due for review"
// why = "Entities and statements whose review date is on or before a day: each record must be looked at again and kept for a reason, or erased. Rows without a review date are not shown, nor, without source clearance, statements of witnesses."
// kind = "table"
// limit = 5000
// [parameters.day]
// type = "date"
// help = "due by this day"
// [returns]
// kind = "Entity.kind"
// id = "Entity.id"
// name = "Entity.name"
// review_on = "Person.review_on"
// [example]
// parameters = { day = "2026-03" }
// rows = 440
// ---
CALL () {
  MATCH (n:Entity {case: $case})
  RETURN n, toLower(head([l IN labels(n) WHERE l <> 'Entity'])) AS kind
  UNION
  MATCH (n:Statement {case: $case})
  RETURN n, 'statement' AS kind
}
WITH n, kind
WHERE n.handling IN $handling AND (kind <> 'statement' OR n.kind IN $voices) AND n.review_on IS NOT NULL AND left(toString(n.review_on_earliest), size($day)) <= $day
RETURN kind, n.id AS id, coalesce(n.name, n.value, n.date) AS name, n.review_on AS review_on
ORDER BY n.review_on_earliest, kind, id
LIMIT $limit + 1
