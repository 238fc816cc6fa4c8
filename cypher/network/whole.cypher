// ---
// title = "Whom each entity has a link to"
// why = "The picture of a whole case"
// kind = "internal"
// limit = 2000000
// [parameters.relations]
// type = "list"
// help = "only these relations; empty for all"
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
// [returns]
// subject = "Entity.id"
// objects = "Entity.id"
// ---
MATCH (a:Entity {case: $case})-[r]->(b:Entity)
WHERE a.handling IN $handling AND b.handling IN $handling AND r[$belief] IS NOT NULL AND r[$belief] >= $least
  AND r[$belief_on_record] >= $recorded AND (size($relations) = 0 OR r.relation IN $relations)
  AND (size($grades) = 0 OR EXISTS {
    MATCH (a)<-[:SUBJECT]-(c:Claim)-[:OBJECT]->(b), (c)-[:STATED_IN]->(s:Statement)
    WHERE c.relation = r.relation AND c.polarity = 'asserts' AND c.status = 'active' AND c.handling IN $handling
      AND s.handling IN $handling AND s.kind IN $voices AND c.source_grade + c.assessment IN $grades
  })
WITH DISTINCT a.id AS subject, b.id AS object
ORDER BY subject, object
WITH subject, collect(object) AS objects
RETURN subject, objects
LIMIT $limit + 1
