// ---
// title = "Who is behind a crossing"
// why = "Everyone said to have organised, piloted or assisted on one crossing, and who supplied its boat, with how far it is believed that this boat was there. A passenger sees pilots and helpers; whoever stayed ashore may be missing here."
// kind = "graph"
// limit = 500
// [parameters.crossing]
// type = "id"
// help = "id of the crossing"
// [parameters.least]
// type = "float"
// help = "least belief of a part played, and that the boat was there, 0 to 1"
// default = 0.25
// [returns]
// subject = "Entity.id"
// subject_name = "Entity.name"
// subject_kind = "Entity.kind"
// relation = "Link.relation"
// object = "Entity.id"
// object_name = "Entity.name"
// object_kind = "Entity.kind"
// belief = "Link.belief"
// groups = "Link.groups"
// other_sources = "Link.other_sources"
// denying = "Link.denying"
// used_on = "Link.belief"
// used_on_denying = "Link.denying"
// [example]
// parameters = { crossing = "C0001" }
// rows = 1
// ---
MATCH (c:Entity&Crossing {case: $case, id: $crossing})
WHERE c.handling IN $handling
CALL (c) {
  MATCH (a:Entity)-[r:{{BEHIND_CROSSINGS}}]->(c)
  WHERE a.handling IN $handling AND r[$belief] >= $least
  RETURN a, r, c AS b, null AS u
  UNION
  MATCH (b:Boat)-[u:USED_ON]->(c)
  WHERE b.handling IN $handling AND u[$belief] >= $least
  MATCH (a:Entity)-[r:SUPPLIED]->(b)
  WHERE a.handling IN $handling AND r[$belief] >= $least
  RETURN a, r, b, u
}
RETURN a.id AS subject, a.name AS subject_name, toLower(head([l IN labels(a) WHERE l <> 'Entity'])) AS subject_kind,
       r.relation AS relation, b.id AS object,
       CASE WHEN b:Crossing THEN b.date + coalesce(', ' + b.launch_site, '') ELSE b.name END AS object_name,
       toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind,
       r[$belief] AS belief, r[$groups] AS groups, r[$other_sources] AS other_sources, r[$denying] AS denying,
       u[$belief] AS used_on, u[$denying] AS used_on_denying
ORDER BY belief DESC, relation, subject, object
LIMIT $limit + 1
