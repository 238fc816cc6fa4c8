// ---
// title = "Everyone named for several crossings"
// why = "People who organised, piloted or assisted on several crossings. Pilots are seen by passengers and organisers are not, so the order says who was noticed, not who mattered."
// kind = "table"
// limit = 500
// [parameters.crossings]
// type = "int"
// help = "on how many crossings at least"
// default = 2
// [parameters.least]
// type = "float"
// help = "least belief of each link, 0 to 1"
// default = 0.25
// [returns]
// person = "Person.id"
// name = "Person.name"
// crossings = "computed.count"
// parts = "Link.relation"
// which = "Crossing.id"
// strongest = "Link.belief"
// weakest = "Link.belief"
// denied = "computed.count"
// [example]
// rows = 29
// ---
MATCH (p:Person {case: $case})-[r:{{PARTS_IN_CROSSINGS}}]->(c:Crossing)
WHERE p.handling IN $handling AND c.handling IN $handling AND r[$belief] >= $least
WITH p, r, c ORDER BY r.relation, c.id
WITH p, collect(DISTINCT r.relation) AS parts, collect(DISTINCT c.id) AS which, max(r[$belief]) AS strongest, min(r[$belief]) AS weakest,
     sum(CASE WHEN r[$denying] <> 0 THEN 1 ELSE 0 END) AS denied
WHERE size(which) >= $crossings
RETURN p.id AS person, p.name AS name, size(which) AS crossings, parts, which, strongest, weakest, denied
ORDER BY crossings DESC, strongest DESC, person
LIMIT $limit + 1
