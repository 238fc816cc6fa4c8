// ---
// title = "Links of one entity"
// why = "What is known to tie it to others"
// kind = "internal"
// limit = 5000
// [parameters.id]
// type = "id"
// help = "id of the entity"
// [parameters.relation]
// type = "text"
// help = "only links of this relation; empty for all"
// default = ""
// [parameters.after]
// type = "int"
// help = "how many of the best of each relation are left out, since they were given before"
// default = 0
// [parameters.most]
// type = "int"
// help = "of each relation at most, the best supported"
// default = 200
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
// other_sources = "Link.other_sources"
// belief_on_record = "Link.belief_on_record"
// groups_on_record = "Link.groups_on_record"
// other_sources_on_record = "Link.other_sources_on_record"
// first_on = "Link.first_on"
// last_on = "Link.last_on"
// ---
MATCH (n:Entity {case: $case, id: $id})-[r]-(m:Entity)
WHERE n.handling IN $handling AND m.handling IN $handling AND r[$belief] IS NOT NULL
  AND ($relation = '' OR r.relation = $relation)
WITH r, r.relation AS relation, r[$belief] AS belief, m.id AS other, startNode(r).id AS subject
ORDER BY belief DESC, other, subject
WITH relation, collect(r)[$after..$after + $most] AS links
UNWIND links AS r
WITH startNode(r) AS a, r, endNode(r) AS b
RETURN a.id AS subject, CASE WHEN a:Crossing THEN a.date + coalesce(', ' + a.launch_site, '') ELSE coalesce(a.name, a.value) END AS subject_name, toLower(head([l IN labels(a) WHERE l <> 'Entity'])) AS subject_kind,
       b.id AS object, CASE WHEN b:Crossing THEN b.date + coalesce(', ' + b.launch_site, '') ELSE coalesce(b.name, b.value) END AS object_name, toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind, r.relation AS relation,
       r[$belief] AS belief, r[$asserting] AS asserting, r[$denying] AS denying, r[$groups] AS groups,
       r[$other_sources] AS other_sources, r[$belief_on_record] AS belief_on_record,
       r[$groups_on_record] AS groups_on_record, r[$other_sources_on_record] AS other_sources_on_record,
       r[$first_on] AS first_on, r[$last_on] AS last_on
ORDER BY belief DESC, relation, subject, object
LIMIT $limit + 1
