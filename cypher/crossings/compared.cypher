// ---
// title = "Crossings as they are compared with each other"
// why = "Linked crossings: which there are, and when each was"
// kind = "internal"
// limit = 1000000
// [returns]
// id = "Crossing.id"
// date = "Crossing.date"
// ---
MATCH (n:Crossing {case: $case})
WHERE n.handling IN $handling
RETURN n.id AS id, n.date AS date
ORDER BY n.date_earliest, id
LIMIT $limit + 1
