// ---
// title = "Links both asserted and denied"
// why = "Where claims contradict each other, closest calls first. The belief shares the contradiction out; it does not settle who is right."
// kind = "graph"
// limit = 2000
// [returns]
// subject = "Entity.id"
// subject_name = "Entity.name"
// subject_kind = "Entity.kind"
// relation = "Link.relation"
// object = "Entity.id"
// object_name = "Entity.name"
// object_kind = "Entity.kind"
// belief = "Link.belief"
// asserting = "Link.asserting"
// denying = "Link.denying"
// belief_on_record = "Link.belief_on_record"
// [example]
// rows = 7
// ---
MATCH (a:Entity {case: $case})-[r]->(b:Entity)
WHERE a.handling IN $handling AND b.handling IN $handling AND r[$belief] IS NOT NULL AND r[$denying] <> 0
RETURN a.id AS subject, coalesce(a.name, a.value) AS subject_name, toLower(head([l IN labels(a) WHERE l <> 'Entity'])) AS subject_kind,
       r.relation AS relation, b.id AS object,
       CASE WHEN b:Crossing THEN b.date + coalesce(', ' + b.launch_site, '') ELSE coalesce(b.name, b.value) END AS object_name,
       toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind,
       r[$belief] AS belief, r[$asserting] AS asserting, r[$denying] AS denying, r[$belief_on_record] AS belief_on_record
ORDER BY abs(belief - 0.5), relation, subject, object
LIMIT $limit + 1
