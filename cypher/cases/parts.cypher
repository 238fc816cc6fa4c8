// ---
// title = "Boats of the crossings, and who is behind each crossing, boat and workplace"
// why = "The lists of crossings and workplaces: whom and what is named for each, link by link, so that a denial stands beside what is denied"
// kind = "internal"
// limit = 20000
// [parameters.least]
// type = "float"
// help = "least belief"
// default = 0.25
// [returns]
// object = "Entity.id"
// relation = "Link.relation"
// id = "Entity.id"
// name = "Entity.name"
// belief = "Link.belief"
// denying = "Link.denying"
// ---
MATCH (a:Entity)-[r:{{BEHIND_CROSSINGS|PARTS_IN_BOATS|PARTS_IN_WORKPLACES}}]->(n:Crossing|Boat|Workplace {case: $case})
WHERE n.handling IN $handling AND a.handling IN $handling AND r[$belief] >= $least
RETURN n.id AS object, r.relation AS relation, a.id AS id, a.name AS name, r[$belief] AS belief, r[$denying] AS denying
ORDER BY object, relation, belief DESC, id
LIMIT $limit + 1
