// ---
// title = "Where a boat came from and where it went"
// why = "One boat with its suppliers, parts, places and crossings: the paper trail a seizure starts. Parts are as old as their seizure record, not as the boat."
// kind = "graph"
// limit = 200
// [parameters.boat]
// type = "id"
// help = "id of the boat"
// [parameters.least]
// type = "float"
// help = "least belief of a supply, part, place or use, 0 to 1"
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
// denying = "Link.denying"
// first_on = "Link.first_on"
// [example]
// parameters = { boat = "B0001" }
// rows = 1
// ---
MATCH (n:Entity&Boat {case: $case, id: $boat})-[r:{{OF_BOATS}}]-(m:Entity)
WHERE n.handling IN $handling AND m.handling IN $handling AND r[$belief] >= $least
WITH startNode(r) AS a, r, endNode(r) AS b
RETURN a.id AS subject, coalesce(a.name, a.value) AS subject_name, toLower(head([l IN labels(a) WHERE l <> 'Entity'])) AS subject_kind,
       r.relation AS relation, b.id AS object,
       CASE WHEN b:Crossing THEN b.date + coalesce(', ' + b.launch_site, '') ELSE coalesce(b.name, b.value) END AS object_name,
       toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind,
       r[$belief] AS belief, r[$denying] AS denying, r[$first_on] AS first_on
ORDER BY relation, belief DESC, subject, object
LIMIT $limit + 1
