// ---
// title = "Engines and hull parts, and the boats they were seen on"
// why = "A serial seen on several boats, or boats of several gangs, points to one supplier. A number misread once looks the same as an engine used twice."
// kind = "table"
// limit = 1000
// [parameters.boats]
// type = "int"
// help = "seen on how many boats at least"
// default = 2
// [returns]
// part = "Thing.id"
// value = "Thing.value"
// name = "Thing.name"
// boats = "Boat.id"
// crossings = "Crossing.id"
// weakest = "Link.belief"
// denied = "Entity.id"
// [example]
// parameters = { boats = 1 }
// rows = 24
// ---
MATCH (t:Thing {case: $case, kind: 'part'})-[r:PART_OF]->(b:Boat)
WHERE t.handling IN $handling AND b.handling IN $handling AND r[$belief] IS NOT NULL
WITH t, b, r ORDER BY b.id
WITH t, collect(b) AS seen, min(r[$belief]) AS weakest,
     collect(CASE WHEN r[$denying] <> 0 THEN b.id END) AS contested
WHERE size(seen) >= $boats
RETURN t.id AS part, t.value AS value, t.name AS name, [b IN seen | b.id] AS boats,
       COLLECT { UNWIND seen AS b MATCH (b)-[u:USED_ON]->(c:Crossing)
                 WHERE c.handling IN $handling AND u[$belief] IS NOT NULL RETURN DISTINCT c.id AS id ORDER BY id } AS crossings,
       weakest,
       contested + COLLECT { UNWIND seen AS b MATCH (b)-[u:USED_ON]->(c:Crossing)
                             WHERE c.handling IN $handling AND u[$belief] IS NOT NULL AND u[$denying] <> 0
                             RETURN DISTINCT c.id AS id ORDER BY id } AS denied
ORDER BY size(boats) DESC, part
LIMIT $limit + 1
