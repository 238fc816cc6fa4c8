// ---
// title = "Denied links of people"
// why = "A lead is marked where what speaks against it is not shown"
// kind = "internal"
// limit = 2000000
// [returns]
// person = "Person.id"
// relation = "Link.relation"
// object = "Entity.id"
// denying = "Link.denying"
// ---
MATCH (n:Person {case: $case})-[r]->(m:Entity)
WHERE n.handling IN $handling AND m.handling IN $handling AND r[$belief] IS NOT NULL AND r[$denying] <> 0
RETURN n.id AS person, r.relation AS relation, m.id AS object, r[$denying] AS denying
ORDER BY person, relation, object
LIMIT $limit + 1
