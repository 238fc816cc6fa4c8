// ---
// title = "What witnesses tell and nothing on the record supports"
// why = "Parts played and orders given that rest on accounts, while nobody who agreed to give evidence and no record that can be produced says so: what would not reach a court as it stands. Whether somebody gives evidence is theirs to say."
// kind = "graph"
// limit = 1000
// [parameters.least]
// type = "float"
// help = "least belief, 0 to 1"
// default = 0.25
// [parameters.person]
// type = "id"
// help = "only this person or gang; empty: everyone"
// default = ""
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
// [example]
// rows = 117
// ---
MATCH (p:Entity {case: $case})-[r:{{PARTS|ACTS_ON_PEOPLE}}]->(b:Entity)
WHERE p.handling IN $handling AND b.handling IN $handling AND r[$belief] >= $least AND r[$groups] <> 0 AND r[$belief_on_record] <= 0.0
  AND ($person = '' OR p.id = $person)
RETURN p.id AS subject, coalesce(p.name, p.value) AS subject_name, toLower(head([l IN labels(p) WHERE l <> 'Entity'])) AS subject_kind,
       r.relation AS relation, b.id AS object,
       CASE WHEN b:Crossing THEN b.date + coalesce(', ' + b.launch_site, '') ELSE coalesce(b.name, b.value) END AS object_name,
       toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind,
       r[$belief] AS belief, r[$groups] AS groups, r[$denying] AS denying
ORDER BY belief DESC, subject, relation, object
LIMIT $limit + 1
