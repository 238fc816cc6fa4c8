// ---
// title = "Names and kinds of some entities"
// why = "Nodes of the network view"
// kind = "internal"
// limit = 20000
// [parameters.ids]
// type = "list"
// help = "ids of entities"
// [returns]
// id = "Entity.id"
// kind = "Entity.kind"
// name = "Entity.name"
// sealed = "Entity.sealed"
// handling = "Entity.handling"
// identified = "Person.identified"
// gang = "Entity.name"
// links = "computed.count"
// ---
MATCH (n:Entity {case: $case})
WHERE n.id IN $ids AND n.handling IN $handling
RETURN n.id AS id, toLower(head([l IN labels(n) WHERE l <> 'Entity'])) AS kind, CASE WHEN n:Crossing THEN n.date + coalesce(', ' + n.launch_site, '') ELSE coalesce(n.name, n.value) END AS name, coalesce(n.sealed, false) AS sealed, n.handling AS handling,
       n.identified AS identified,
       head(COLLECT { MATCH (n)-[r:MEMBER_OF|RUNS]->(g:Gang) WHERE r[$belief] IS NOT NULL AND g.handling IN $handling
                      RETURN coalesce(g.name, g.id) AS gang ORDER BY r[$belief] DESC, g.id LIMIT 1 }) AS gang,
       count { (n)-[r]-(m:Entity) WHERE r[$belief] IS NOT NULL AND m.handling IN $handling } AS links
ORDER BY id
LIMIT $limit + 1
