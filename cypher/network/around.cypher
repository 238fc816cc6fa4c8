// ---
// title = "Links from some entities to their neighbours"
// why = "Growing the network view; most believed first"
// kind = "internal"
// limit = 5000
// [parameters.ids]
// type = "list"
// help = "ids of entities"
// [parameters.relations]
// type = "list"
// help = "only these relations; empty for all"
// default = []
// [parameters.without]
// type = "list"
// help = "and none of these"
// default = []
// [parameters.least]
// type = "float"
// help = "least belief"
// default = 0.0
// [parameters.recorded]
// type = "float"
// help = "least belief on the record"
// default = 0.0
// [parameters.grades]
// type = "list"
// help = "only links that a claim of one of these grades asserts, such as 1A; empty for all"
// default = []
// [parameters.kind]
// type = "text"
// help = "only links with an end of this kind, such as thing; empty for all"
// default = ""
// [returns]
// subject = "Entity.id"
// object = "Entity.id"
// relation = "Link.relation"
// belief = "Link.belief"
// subject_kind = "Entity.kind"
// object_kind = "Entity.kind"
// ---
UNWIND $ids AS id
MATCH (n:Entity {case: $case, id: id})-[r]-(m:Entity)
WITH DISTINCT startNode(r) AS a, r, endNode(r) AS b
WHERE a.handling IN $handling AND b.handling IN $handling AND r[$belief] >= $least AND ($recorded <= 0.0 OR r[$belief_on_record] >= $recorded)
  AND (size($relations) = 0 OR r.relation IN $relations) AND NOT r.relation IN $without
  AND ($kind = '' OR $kind IN [l IN labels(a) + labels(b) | toLower(l)])
  AND (size($grades) = 0 OR EXISTS {
    MATCH (a)<-[:SUBJECT]-(c:Claim)-[:OBJECT]->(b), (c)-[:STATED_IN]->(s:Statement)
    WHERE c.relation = r.relation AND c.polarity = 'asserts' AND c.status = 'active' AND c.handling IN $handling
      AND s.handling IN $handling AND s.kind IN $voices AND c.source_grade + c.assessment IN $grades
  })
RETURN a.id AS subject, b.id AS object, r.relation AS relation, r[$belief] AS belief,
       toLower(head([l IN labels(a) WHERE l <> 'Entity'])) AS subject_kind, toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind
ORDER BY belief DESC, relation, subject, object
LIMIT $limit + 1
