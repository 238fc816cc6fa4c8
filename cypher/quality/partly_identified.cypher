// ---
// title = "People known by a nickname only, or not at all"
// why = "Whom to identify first: those known by a nickname or description, with how many links of the operation they have. Several of them may be one person; see the query on people who may be the same."
// kind = "table"
// limit = 1000
// [parameters.links]
// type = "int"
// help = "with how many links of the operation at least"
// default = 1
// [returns]
// person = "Person.id"
// name = "Person.name"
// aliases = "Person.aliases"
// identified = "Person.identified"
// links = "computed.count"
// relations = "Link.relation"
// strongest = "Link.belief"
// denied = "computed.count"
// [example]
// rows = 59
// ---
MATCH (p:Person {case: $case})
WHERE p.handling IN $handling AND p.identified IN ['nickname', 'unknown']
MATCH (p)-[r:{{PARTS|COMMANDS|RIVAL_OF|SAME_AS}}]-(b:Entity)
WHERE b.handling IN $handling AND r[$belief] IS NOT NULL
WITH p, r ORDER BY r.relation
WITH p, count(r) AS links, collect(DISTINCT r.relation) AS relations, max(r[$belief]) AS strongest,
     sum(CASE WHEN r[$denying] <> 0 THEN 1 ELSE 0 END) AS denied
WHERE links >= $links
RETURN p.id AS person, p.name AS name, p.aliases AS aliases, p.identified AS identified, links, relations, strongest, denied
ORDER BY links DESC, strongest DESC, person
LIMIT $limit + 1
