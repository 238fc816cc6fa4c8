// ---
// title = "Links among some entities"
// why = "What the picture shows between its nodes"
// kind = "internal"
// limit = 20000
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
// [returns]
// subject = "Entity.id"
// object = "Entity.id"
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
MATCH (n:Entity {case: $case})
WHERE n.id IN $ids AND n.handling IN $handling
// Nodes are told apart quicker than their ids, and somebody busy has links by the ten thousand.
WITH collect(n) AS every
UNWIND every AS a
MATCH (a)-[r]->(b:Entity)
WHERE b IN every AND a.handling IN $handling AND b.handling IN $handling AND r[$belief] >= $least AND ($recorded <= 0.0 OR r[$belief_on_record] >= $recorded)
  AND (size($relations) = 0 OR r.relation IN $relations) AND NOT r.relation IN $without
  AND (size($grades) = 0 OR EXISTS {
    MATCH (a)<-[:SUBJECT]-(c:Claim)-[:OBJECT]->(b), (c)-[:STATED_IN]->(s:Statement)
    WHERE c.relation = r.relation AND c.polarity = 'asserts' AND c.status = 'active' AND c.handling IN $handling
      AND s.handling IN $handling AND s.kind IN $voices AND c.source_grade + c.assessment IN $grades
  })
RETURN a.id AS subject, b.id AS object, r.relation AS relation,
       r[$belief] AS belief, r[$asserting] AS asserting, r[$denying] AS denying, r[$groups] AS groups, r[$independent] AS independent,
       r[$other_sources] AS other_sources, r[$belief_on_record] AS belief_on_record,
       r[$groups_on_record] AS groups_on_record, r[$other_sources_on_record] AS other_sources_on_record,
       r[$first_on] AS first_on, r[$last_on] AS last_on
ORDER BY belief DESC, relation, subject, object
LIMIT $limit + 1
