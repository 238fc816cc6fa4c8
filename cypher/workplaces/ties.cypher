// ---
// title = "Who was where, under whom, and who moved, owed or left whom"
// why = "What is asked of where people went when a workplace closed: every link it is computed on"
// kind = "internal"
// limit = 2000000
// [returns]
// subject = "Entity.id"
// relation = "Link.relation"
// object = "Entity.id"
// belief = "Link.belief"
// denying = "Link.denying"
// first_on = "Link.first_on"
// last_on = "Link.last_on"
// ---
MATCH (a:Entity {case: $case})-[r:{{STAYS_AT_WORKPLACES|PARTS_IN_WORKPLACES|KEPT_AT_WORK|LOCATED_AT}}]->(b:Entity)
WHERE a.handling IN $handling AND b.handling IN $handling AND (a:Person OR a:Gang) AND r[$belief] IS NOT NULL
RETURN a.id AS subject, r.relation AS relation, b.id AS object, r[$belief] AS belief, r[$denying] AS denying,
       r[$first_on] AS first_on, r[$last_on] AS last_on
ORDER BY subject, relation, object
LIMIT $limit + 1
