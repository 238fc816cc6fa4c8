// ---
// title = "Who is supported on the record"
// why = "Parts played and orders given that rest on sources who agreed to give evidence and on records that can be produced. What is absent may still be true; what is here may still be denied."
// kind = "graph"
// limit = 1000
// [parameters.least]
// type = "float"
// help = "least belief on the record, 0 to 1"
// default = 0.5
// [parameters.person]
// type = "id"
// help = "only this person; empty: everyone"
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
// belief_on_record = "Link.belief_on_record"
// groups_on_record = "Link.groups_on_record"
// other_sources_on_record = "Link.other_sources_on_record"
// denying = "Link.denying"
// [example]
// parameters = { least = 0.8 }
// rows = 993
// ---
MATCH (p:Person {case: $case})-[r:{{PARTS|ACTS_ON_PEOPLE}}]->(b:Entity)
WHERE p.handling IN $handling AND b.handling IN $handling AND r[$belief] IS NOT NULL AND r[$belief_on_record] >= $least
  AND ($person = '' OR p.id = $person)
RETURN p.id AS subject, p.name AS subject_name, 'person' AS subject_kind, r.relation AS relation, b.id AS object,
       CASE WHEN b:Crossing THEN b.date + coalesce(', ' + b.launch_site, '') ELSE coalesce(b.name, b.value) END AS object_name,
       toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind,
       r[$belief] AS belief, r[$belief_on_record] AS belief_on_record,
       r[$groups_on_record] AS groups_on_record, r[$other_sources_on_record] AS other_sources_on_record, r[$denying] AS denying
ORDER BY belief_on_record DESC, subject, relation, object
LIMIT $limit + 1
