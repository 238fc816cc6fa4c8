// ---
// title = "Entities nobody mentions"
// why = "Rows that no claim is about: left over from a list, or their claims were rejected or lie under a handling code you are not cleared for. They cannot be told apart here."
// kind = "table"
// limit = 5000
// [parameters.kind]
// type = "choice"
// help = "only this kind; empty: all"
// default = ""
// words = ["", "person", "boat", "crossing", "gang", "workplace", "thing"]
// [returns]
// kind = "Entity.kind"
// id = "Entity.id"
// name = "Entity.name"
// [example]
// parameters = { kind = "person" }
// rows = 7
// ---
MATCH (n:Entity {case: $case})
WHERE n.handling IN $handling AND NOT EXISTS {
  MATCH (n)<-[:SUBJECT|OBJECT]-(c:Claim)-[:SUBJECT|OBJECT]->(m:Entity) WHERE c.handling IN $handling AND m.handling IN $handling }
WITH n, toLower(head([l IN labels(n) WHERE l <> 'Entity'])) AS kind
WHERE $kind = '' OR kind = $kind
RETURN kind, n.id AS id, CASE WHEN n:Crossing THEN n.date + coalesce(', ' + n.launch_site, '') ELSE coalesce(n.name, n.value) END AS name
ORDER BY kind, id
LIMIT $limit + 1
