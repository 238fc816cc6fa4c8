// ---
// title = "Every link of the case, in short"
// why = "What ways go over"
// kind = "internal"
// limit = 2000000
// [returns]
// subject = "Entity.id"
// relation = "Link.relation"
// object = "Entity.id"
// belief = "Link.belief"
// belief_on_record = "Link.belief_on_record"
// ---
MATCH (a:Entity {case: $case})-[r]->(b:Entity)
WHERE a.handling IN $handling AND b.handling IN $handling AND r[$belief] IS NOT NULL
RETURN a.id AS subject, r.relation AS relation, b.id AS object, r[$belief] AS belief, r[$belief_on_record] AS belief_on_record
ORDER BY subject, relation, object
LIMIT $limit + 1
