// ---
// title = "Denied links"
// why = "A lead is marked where what speaks against it is not shown"
// kind = "internal"
// limit = 2000000
// [returns]
// subject = "Entity.id"
// relation = "Link.relation"
// object = "Entity.id"
// denying = "Link.denying"
// ---
MATCH (n:Entity {case: $case})-[r]->(m:Entity)
WHERE n.handling IN $handling AND m.handling IN $handling AND r[$belief] IS NOT NULL AND r[$denying] <> 0
RETURN n.id AS subject, r.relation AS relation, m.id AS object, r[$denying] AS denying
ORDER BY subject, relation, object
LIMIT $limit + 1
