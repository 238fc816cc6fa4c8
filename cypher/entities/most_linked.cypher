// ---
// title = "Entities with the most links"
// why = "Where a picture may begin when nobody is put forward"
// kind = "internal"
// limit = 20
// [parameters.most]
// type = "int"
// help = "how many"
// default = 12
// [returns]
// id = "Entity.id"
// kind = "Entity.kind"
// name = "Entity.name"
// sealed = "Entity.sealed"
// links = "computed.count"
// ---
MATCH (n:Entity {case: $case})
WHERE n.handling IN $handling
WITH n, count { (n)-[r]-(m:Entity) WHERE r[$belief] IS NOT NULL AND m.handling IN $handling } AS links
WHERE links > 0
ORDER BY links DESC, n.id
LIMIT $most
RETURN n.id AS id, toLower(head([l IN labels(n) WHERE l <> 'Entity'])) AS kind,
       CASE WHEN n:Crossing THEN n.date + coalesce(', ' + n.launch_site, '') ELSE coalesce(n.name, n.value) END AS name,
       coalesce(n.sealed, false) AS sealed, links
ORDER BY links DESC, id
LIMIT $limit + 1
