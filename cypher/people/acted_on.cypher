// ---
// title = "Whom someone recruited, moved, housed, coerced or abandoned"
// why = "What one person is said to have done to others, with the others named only where they are not sealed. Being moved or housed does not make someone a victim, nor the mover a trafficker."
// kind = "graph"
// limit = 500
// [parameters.person]
// type = "id"
// help = "id of who acted; empty: everyone"
// default = ""
// [parameters.least]
// type = "float"
// help = "least belief of what was done, 0 to 1"
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
// denying = "Link.denying"
// first_on = "Link.first_on"
// [example]
// rows = 159
// ---
MATCH (a:Entity {case: $case})-[r:{{HARMS}}]->(b:Person)
WHERE a.handling IN $handling AND b.handling IN $handling AND r[$belief] >= $least AND ($person = '' OR a.id = $person)
RETURN a.id AS subject, a.name AS subject_name, toLower(head([l IN labels(a) WHERE l <> 'Entity'])) AS subject_kind,
       r.relation AS relation, b.id AS object, b.name AS object_name, 'person' AS object_kind,
       r[$belief] AS belief, r[$groups] AS groups, r[$denying] AS denying, r[$first_on] AS first_on
ORDER BY subject, relation, belief DESC, object
LIMIT $limit + 1
