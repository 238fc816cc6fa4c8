// ---
// title = "People named by several independent groups of witnesses"
// why = "Links of the operation that independent groups of witnesses assert, relation by relation. Each row counts its own groups: they must not be added up, and many groups can have heard one story."
// kind = "graph"
// limit = 500
// [parameters.least]
// type = "int"
// help = "how many independent groups at least"
// default = 2
// [parameters.relation]
// type = "text"
// help = "only this relation, such as ORGANISED; empty: all"
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
// other_sources = "Link.other_sources"
// denying = "Link.denying"
// [example]
// parameters = { least = 1 }
// rows = 429
// ---
MATCH (p:Person {case: $case})-[r:{{PARTS|COMMANDS}}]->(b:Entity)
WHERE p.handling IN $handling AND b.handling IN $handling AND r[$belief] IS NOT NULL AND ($relation = '' OR r.relation = toUpper($relation))
WITH p, r, b, CASE WHEN 0 < r[$groups] < $few THEN $few - 1 ELSE r[$groups] END AS groups
WHERE groups >= $least
RETURN p.id AS subject, p.name AS subject_name, 'person' AS subject_kind, r.relation AS relation, b.id AS object,
       CASE WHEN b:Crossing THEN b.date + coalesce(', ' + b.launch_site, '') ELSE coalesce(b.name, b.value) END AS object_name,
       toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind,
       r[$belief] AS belief, groups, r[$other_sources] AS other_sources, r[$denying] AS denying
ORDER BY groups DESC, belief DESC, subject, relation, object
LIMIT $limit + 1
