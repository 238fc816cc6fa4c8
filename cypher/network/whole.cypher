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
MATCH (a:Entity {case: $case})
WHERE a.handling IN $handling
WITH a, a.id AS subject, COLLECT {
  MATCH (a)-[r]->(b:Entity)
  WHERE b.handling IN $handling AND r[$belief] >= $least
    AND ($recorded <= 0.0 OR r[$belief_on_record] >= $recorded) AND (size($relations) = 0 OR r.relation IN $relations)
    AND (size($grades) = 0 OR EXISTS {
      MATCH (a)<-[:SUBJECT]-(c:Claim)-[:OBJECT]->(b), (c)-[:STATED_IN]->(s:Statement)
      WHERE c.relation = r.relation AND c.polarity = 'asserts' AND c.status = 'active' AND c.handling IN $handling
        AND s.handling IN $handling AND s.kind IN $voices AND c.source_grade + c.assessment IN $grades
    })
  WITH DISTINCT b
  RETURN b.id AS object
  ORDER BY object
} AS objects
WHERE size(objects) > 0
RETURN subject, objects
ORDER BY subject
LIMIT $limit + 1
