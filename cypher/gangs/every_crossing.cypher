// ---
// title = "Every crossing that a gang had a hand in"
// why = "The series over time of one gang: each crossing once, however many parts its people played, so that the newest are not cut off"
// kind = "internal"
// limit = 5000
// [parameters.gang]
// type = "id"
// help = "id of the gang"
// [parameters.least]
// type = "float"
// help = "least belief of a part played, and of a membership, 0 to 1"
// default = 0.25
// [returns]
// crossing = "Crossing.id"
// denied = "computed.flag"
// ---
MATCH (g:Entity&Gang {case: $case, id: $gang})
WHERE g.handling IN $handling
CALL (g) {
  RETURN g AS actor, false AS contested
  UNION
  MATCH (p:Person)-[m:{{PARTS_IN_GANGS}}]->(g)
  WHERE p.handling IN $handling AND m[$belief] >= $least
  RETURN p AS actor, coalesce(m[$denying] <> 0, false) AS contested
}
MATCH (actor)-[r:{{PARTS_IN_CROSSINGS}}]->(c:Crossing)
WHERE c.handling IN $handling AND r[$belief] >= $least
// Denied where no link that puts it to the gang is free of a denial.
WITH c, min(CASE WHEN contested OR coalesce(r[$denying] <> 0, false) THEN 1 ELSE 0 END) = 1 AS denied
RETURN c.id AS crossing, denied
ORDER BY c.date_earliest, crossing
LIMIT $limit + 1
