// ---
// title = "Neighbours of some entities that are not there yet"
// why = "A step of the network view; of each entity the most believed first"
// kind = "internal"
// limit = 5000
// [parameters.ids]
// type = "list"
// help = "ids of entities"
// [parameters.known]
// type = "list"
// help = "ids that are there already"
// default = []
// [parameters.room]
// type = "int"
// help = "neighbours of each at most"
// default = 500
// [parameters.relations]
// type = "list"
// help = "only by these relations; empty for all"
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
// [parameters.aside]
// type = "list"
// help = "relations whose other end comes in only where nothing else does"
// default = []
// [parameters.aside_of]
// type = "list"
// help = "likewise, of the object of these relations"
// default = []
// [returns]
// id = "Entity.id"
// neighbours = "Entity.id"
// ---
UNWIND $ids AS id
MATCH (n:Entity {case: $case, id: id})-[r:!SUBJECT&!OBJECT]-(m:Entity)
WHERE n.handling IN $handling AND m.handling IN $handling AND r[$belief] >= $least AND ($recorded <= 0.0 OR r[$belief_on_record] >= $recorded)
  AND (size($relations) = 0 OR r.relation IN $relations) AND NOT r.relation IN $without AND NOT m.id IN $known
  AND (size($grades) = 0 OR EXISTS {
    MATCH (n)<-[end:SUBJECT|OBJECT]-(c:Claim)-[:SUBJECT|OBJECT]->(m), (c)-[:STATED_IN]->(s:Statement)
    WHERE (startNode(r) = n) = (type(end) = 'SUBJECT') AND c.relation = r.relation AND c.polarity = 'asserts' AND c.status = 'active' AND c.handling IN $handling
      AND s.handling IN $handling AND s.kind IN $voices AND c.source_grade + c.assessment IN $grades
  })
WITH id, m.id AS neighbour, r[$belief] AS belief, r.relation AS relation, startNode(r).id AS subject, endNode(r).id AS object
WITH *, relation IN $aside OR (object = id AND relation IN $aside_of) AS beside
ORDER BY belief DESC, relation, subject, object
WITH id, collect(DISTINCT CASE WHEN NOT beside THEN neighbour END)[..$room] AS first, collect(DISTINCT neighbour)[..$room] AS every
RETURN id, CASE WHEN size(first) > 0 THEN first ELSE every END AS neighbours
ORDER BY id
LIMIT $limit + 1
