// ---
// title = "Entities by name or id"
// why = "The search box"
// kind = "internal"
// limit = 50
// [parameters.text]
// type = "text"
// help = "part of a name, alias, phone, registration or id"
// [returns]
// id = "Entity.id"
// kind = "Entity.kind"
// name = "Entity.name"
// sealed = "Entity.sealed"
// links = "computed.count"
// ---
MATCH (n:Entity {case: $case})
WHERE n.handling IN $handling
WITH n, toLower($text) AS wanted
WHERE any(said IN [n.id, n.name, n.value, n.registration, n.date, n.launch_site, n.address] + coalesce(n.aliases, [])
          + coalesce(n.phones, []) WHERE toLower(said) CONTAINS wanted)
WITH n, wanted, CASE WHEN toLower(n.id) = wanted OR toLower(n.name) = wanted THEN 0
                     WHEN toLower(n.name) STARTS WITH wanted THEN 1 ELSE 2 END AS nearness
RETURN n.id AS id, toLower(head([l IN labels(n) WHERE l <> 'Entity'])) AS kind, CASE WHEN n:Crossing THEN n.date + coalesce(', ' + n.launch_site, '') ELSE coalesce(n.name, n.value) END AS name, coalesce(n.sealed, false) AS sealed,
       count { (n)-[r]-(m:Entity) WHERE r[$belief] IS NOT NULL AND m.handling IN $handling } AS links
ORDER BY nearness, links DESC, id
LIMIT $limit + 1
