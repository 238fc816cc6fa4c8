// ---
// title = "How many neighbours some entities have by some relations, each told one way"
// why = "Those who were carried on a crossing, or served by somebody, as one mark in the answer to who is behind it"
// kind = "internal"
// limit = 1000
// [parameters.ids]
// type = "list"
// help = "ids of the entities"
// [parameters.out]
// type = "list"
// help = "relations that go out from them"
// default = ["{{SERVICE}}"]
// [parameters.into]
// type = "list"
// help = "relations that come into them"
// default = ["CROSSED_ON"]
// [parameters.least]
// type = "float"
// help = "least belief"
// default = 0.25
// [returns]
// id = "Entity.id"
// relation = "Link.relation"
// number = "computed.count"
// belief = "Link.belief"
// ---
UNWIND $ids AS id
MATCH (n:Entity {case: $case, id: id})-[r]-(m:Entity)
WHERE n.handling IN $handling AND m.handling IN $handling AND r[$belief] >= $least
  AND (startNode(r) = n AND r.relation IN $out OR endNode(r) = n AND r.relation IN $into)
RETURN n.id AS id, r.relation AS relation, count(DISTINCT m) AS number, max(r[$belief]) AS belief
ORDER BY id, relation
LIMIT $limit + 1
