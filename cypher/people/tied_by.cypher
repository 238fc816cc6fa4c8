// ---
// title = "Who is tied by a relation"
// why = "Every link of one relation: whom somebody abandoned, who is family of whom, or a relation of the deliverer's own. It is what is said, with how far it is believed and how many deny it; search leads here by the word."
// kind = "graph"
// limit = 500
// [parameters.relations]
// type = "list"
// help = "relations, such as ABANDONED, or of your own (X_…)"
// [parameters.least]
// type = "float"
// help = "least belief of the link, 0 to 1"
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
// parameters = { relations = ["ABANDONED"] }
// rows = 6
// ---
// From the claims, of which the index knows the relation; what is told is the link alone, as this reader sees it.
UNWIND $relations AS relation
MATCH (c:Claim {case: $case, relation: relation}) WHERE c.handling IN $handling
MATCH (c)-[:SUBJECT]->(a:Entity), (c)-[:OBJECT]->(b:Entity)
WITH DISTINCT relation, a, b
MATCH (a)-[r {relation: relation}]->(b)
WHERE a.handling IN $handling AND b.handling IN $handling AND r[$belief] >= $least
RETURN a.id AS subject, CASE WHEN a:Crossing THEN a.date + coalesce(', ' + a.launch_site, '') ELSE coalesce(a.name, a.value) END AS subject_name, toLower(head([l IN labels(a) WHERE l <> 'Entity'])) AS subject_kind,
       r.relation AS relation, b.id AS object, CASE WHEN b:Crossing THEN b.date + coalesce(', ' + b.launch_site, '') ELSE coalesce(b.name, b.value) END AS object_name, toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind,
       r[$belief] AS belief, r[$groups] AS groups, r[$denying] AS denying, r[$first_on] AS first_on
ORDER BY relation, belief DESC, subject, object
LIMIT $limit + 1
