// ---
// title = "What opening some entities brings"
// why = "Growing the network view; of each opening the most believed first"
// kind = "internal"
// limit = 5000
// [parameters.ids]
// type = "list"
// help = "ids of entities"
// [parameters.words]
// type = "list"
// help = "for each of them a relation or a kind of neighbour: only those; * for all"
// default = []
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
// help = "relations whose other end is last, where all are opened"
// default = []
// [parameters.aside_of]
// type = "list"
// help = "likewise, of the object of these relations"
// default = []
// [returns]
// turn = "computed.number"
// first = "Entity.id"
// last = "Entity.id"
// ---
UNWIND range(0, size($ids) - 1) AS turn
WITH turn, $ids[turn] AS id, coalesce($words[turn], '*') AS word
MATCH (n:Entity {case: $case, id: id})-[r:!SUBJECT&!OBJECT]-(m:Entity)
WHERE n.handling IN $handling AND m.handling IN $handling AND r[$belief] >= $least AND ($recorded <= 0.0 OR r[$belief_on_record] >= $recorded)
  AND (size($relations) = 0 OR r.relation IN $relations) AND NOT r.relation IN $without AND NOT m.id IN $known
  AND (word = '*' OR r.relation = word OR word IN [l IN labels(m) | toLower(l)])
  AND (size($grades) = 0 OR EXISTS {
    MATCH (n)<-[end:SUBJECT|OBJECT]-(c:Claim)-[:SUBJECT|OBJECT]->(m), (c)-[:STATED_IN]->(s:Statement)
    WHERE (startNode(r) = n) = (type(end) = 'SUBJECT') AND c.relation = r.relation AND c.polarity = 'asserts' AND c.status = 'active' AND c.handling IN $handling
      AND s.handling IN $handling AND s.kind IN $voices AND c.source_grade + c.assessment IN $grades
  })
WITH turn, id, word, m.id AS neighbour, r[$belief] AS belief, r.relation AS relation, startNode(r).id AS subject, endNode(r).id AS object
WITH *, word = '*' AND (relation IN $aside OR (object = id AND relation IN $aside_of)) AS beside
ORDER BY belief DESC, relation, subject, object
WITH turn, collect(DISTINCT CASE WHEN NOT beside THEN neighbour END)[..$room] AS first,
     collect(DISTINCT CASE WHEN beside THEN neighbour END)[..$room] AS last
RETURN turn, first, last
ORDER BY turn
LIMIT $limit + 1
