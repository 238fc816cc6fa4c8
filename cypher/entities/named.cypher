// ---
// title = "Names and kinds of some entities"
// why = "Pages say by name whom they mean"
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
// ---
MATCH (n:Entity {case: $case})
WHERE n.id IN $ids AND n.handling IN $handling
RETURN n.id AS id, toLower(head([l IN labels(n) WHERE l <> 'Entity'])) AS kind, CASE WHEN n:Crossing THEN n.date + coalesce(', ' + n.launch_site, '') ELSE coalesce(n.name, n.value) END AS name, coalesce(n.sealed, false) AS sealed, n.handling AS handling
ORDER BY id
LIMIT $limit + 1
