// ---
// title = "Crossings a gang had a hand in"
// why = "Crossings that a gang or its people organised, piloted or assisted on, one row for each part. Freelance pilots work for several gangs: a pilot alone does not make it the gang's crossing."
// kind = "table"
// limit = 1000
// [parameters.gang]
// type = "id"
// help = "id of the gang"
// [parameters.least]
// type = "float"
// help = "least belief of a part played, and of a membership, 0 to 1"
// default = 0.25
// [returns]
// crossing = "Crossing.id"
// date = "Crossing.date"
// launch_site = "Crossing.launch_site"
// part = "Link.relation"
// actor = "Entity.id"
// actor_name = "Entity.name"
// belief = "Link.belief"
// membership = "Link.belief"
// denying = "Link.denying"
// membership_denying = "Link.denying"
// [example]
// parameters = { gang = "G0001" }
// rows = 1
// ---
MATCH (g:Entity&Gang {case: $case, id: $gang})
WHERE g.handling IN $handling
CALL (g) {
  RETURN g AS actor, 1.0 AS membership, null AS membership_denying
  UNION
  MATCH (p:Person)-[m:{{PARTS_IN_GANGS}}]->(g)
  WHERE p.handling IN $handling AND m[$belief] >= $least
  WITH p, m ORDER BY m[$belief] DESC, m.relation
  WITH p, head(collect(m)) AS m
  RETURN p AS actor, m[$belief] AS membership, m[$denying] AS membership_denying
}
MATCH (actor)-[r:{{PARTS_IN_CROSSINGS}}]->(c:Crossing)
WHERE c.handling IN $handling AND r[$belief] >= $least
RETURN c.id AS crossing, c.date AS date, c.launch_site AS launch_site, r.relation AS part,
       actor.id AS actor, actor.name AS actor_name, r[$belief] AS belief, membership, r[$denying] AS denying, membership_denying
ORDER BY c.date_earliest, crossing, part, actor
LIMIT $limit + 1
