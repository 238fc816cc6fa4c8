// ---
// title = "Rivals"
// why = "Who is said to be at odds with whom, with what each side belongs to. A rival's account of the other is worth hearing and less worth believing."
// kind = "graph"
// limit = 500
// [returns]
// subject = "Entity.id"
// subject_name = "Entity.name"
// subject_kind = "Entity.kind"
// subject_gangs = "Gang.id"
// relation = "Link.relation"
// object = "Entity.id"
// object_name = "Entity.name"
// object_kind = "Entity.kind"
// object_gangs = "Gang.id"
// belief = "Link.belief"
// denying = "Link.denying"
// [example]
// rows = 3
// ---
MATCH (a:Entity {case: $case})-[r:RIVAL_OF]->(b:Entity)
WHERE a.handling IN $handling AND b.handling IN $handling AND r[$belief] IS NOT NULL
RETURN a.id AS subject, a.name AS subject_name, toLower(head([l IN labels(a) WHERE l <> 'Entity'])) AS subject_kind,
       COLLECT { MATCH (a)-[m:{{PARTS_IN_GANGS}}]->(g:Gang) WHERE g.handling IN $handling AND m[$belief] IS NOT NULL AND NOT coalesce(m[$denying] <> 0, false)
                 RETURN DISTINCT g.id AS id ORDER BY id } AS subject_gangs,
       r.relation AS relation, b.id AS object, b.name AS object_name,
       toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind,
       COLLECT { MATCH (b)-[m:{{PARTS_IN_GANGS}}]->(g:Gang) WHERE g.handling IN $handling AND m[$belief] IS NOT NULL AND NOT coalesce(m[$denying] <> 0, false)
                 RETURN DISTINCT g.id AS id ORDER BY id } AS object_gangs,
       r[$belief] AS belief, r[$denying] AS denying
ORDER BY belief DESC, subject, object
LIMIT $limit + 1
