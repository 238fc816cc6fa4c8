// ---
// title = "Every link of the case"
// why = "For link analysis in notebooks"
// kind = "internal"
// limit = 2000000
// [returns]
// subject = "Entity.id"
// subject_name = "Entity.name"
// subject_kind = "Entity.kind"
// object = "Entity.id"
// object_name = "Entity.name"
// object_kind = "Entity.kind"
// relation = "Link.relation"
// belief = "Link.belief"
// asserting = "Link.asserting"
// denying = "Link.denying"
// groups = "Link.groups"
// independent = "Link.independent"
// other_sources = "Link.other_sources"
// belief_on_record = "Link.belief_on_record"
// groups_on_record = "Link.groups_on_record"
// other_sources_on_record = "Link.other_sources_on_record"
// first_on = "Link.first_on"
// last_on = "Link.last_on"
// ---
MATCH (a:Entity {case: $case})-[r]->(b:Entity)
WHERE a.handling IN $handling AND b.handling IN $handling AND r[$belief] IS NOT NULL
RETURN a.id AS subject, CASE WHEN a:Crossing THEN a.date + coalesce(', ' + a.launch_site, '') ELSE coalesce(a.name, a.value) END AS subject_name, toLower(head([l IN labels(a) WHERE l <> 'Entity'])) AS subject_kind,
       b.id AS object, CASE WHEN b:Crossing THEN b.date + coalesce(', ' + b.launch_site, '') ELSE coalesce(b.name, b.value) END AS object_name, toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind, r.relation AS relation,
       r[$belief] AS belief, r[$asserting] AS asserting, r[$denying] AS denying, r[$groups] AS groups, r[$independent] AS independent,
       r[$other_sources] AS other_sources, r[$belief_on_record] AS belief_on_record,
       r[$groups_on_record] AS groups_on_record, r[$other_sources_on_record] AS other_sources_on_record,
       r[$first_on] AS first_on, r[$last_on] AS last_on
ORDER BY subject, relation, object
LIMIT $limit + 1
