// ---
// title = "Links that rest on a single claim"
// why = "Parts played and orders given that one claim alone asserts, strongest first: what to corroborate next. A record can be right on its own; an account seldom carries a charge."
// kind = "graph"
// limit = 2000
// [parameters.least]
// type = "float"
// help = "least belief, 0 to 1"
// default = 0.5
// [parameters.witnessed]
// type = "choice"
// help = "yes: only those a witness asserts, not a report or record"
// default = "yes"
// words = ["yes", "no"]
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
// denying = "Link.denying"
// groups = "Source.count"
// [example]
// rows = 274
// ---
MATCH (a:Entity {case: $case})-[r:{{PARTS|COMMANDS}}]->(b:Entity)
WHERE a.handling IN $handling AND b.handling IN $handling AND r[$belief] >= $least AND r[$asserting] = 1
  AND ($witnessed = 'no' OR r[$groups] = 1)
RETURN a.id AS subject, coalesce(a.name, a.value) AS subject_name, toLower(head([l IN labels(a) WHERE l <> 'Entity'])) AS subject_kind,
       r.relation AS relation, b.id AS object,
       CASE WHEN b:Crossing THEN b.date + coalesce(', ' + b.launch_site, '') ELSE coalesce(b.name, b.value) END AS object_name,
       toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind,
       r[$belief] AS belief, r[$belief_on_record] AS belief_on_record, r[$denying] AS denying, r[$groups] AS groups
ORDER BY belief DESC, relation, subject, object
LIMIT $limit + 1
