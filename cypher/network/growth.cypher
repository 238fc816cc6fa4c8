// ---
// title = "What one entity would bring into the picture"
// why = "Counts before growing: neighbours the picture does not show yet, by relation and by kind"
// kind = "internal"
// limit = 1000
// [parameters.id]
// type = "id"
// help = "id of the entity"
// [parameters.ids]
// type = "list"
// help = "ids of the entities in the picture"
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
// [parameters.aside]
// type = "list"
// help = "relations that come last"
// default = []
// [parameters.aside_of]
// type = "list"
// help = "likewise, of the object of these relations"
// default = []
// [returns]
// by = "computed.reason"
// word = "computed.relation"
// number = "computed.count"
// belief = "Link.belief"
// denied = "computed.count"
// ---
MATCH (n:Entity {case: $case, id: $id})-[r]-(m:Entity)
WHERE n.handling IN $handling AND m.handling IN $handling AND r[$belief] >= $least AND ($recorded <= 0.0 OR r[$belief_on_record] >= $recorded)
  AND (size($relations) = 0 OR r.relation IN $relations) AND NOT r.relation IN $without AND NOT m.id IN $ids
  AND (size($grades) = 0 OR EXISTS {
    MATCH (n)<-[end:SUBJECT|OBJECT]-(c:Claim)-[:SUBJECT|OBJECT]->(m), (c)-[:STATED_IN]->(s:Statement)
    WHERE (startNode(r) = n) = (type(end) = 'SUBJECT') AND c.relation = r.relation AND c.polarity = 'asserts' AND c.status = 'active' AND c.handling IN $handling
      AND s.handling IN $handling AND s.kind IN $voices AND c.source_grade + c.assessment IN $grades
  })
WITH m, r.relation AS relation, toLower(head([l IN labels(m) WHERE l <> 'Entity'])) AS kind, max(r[$belief]) AS belief,
     max(coalesce(r[$denying] <> 0, false)) AS denied,
     r.relation IN $aside OR (endNode(r) = n AND r.relation IN $aside_of) AS beside
UNWIND [['all', ''], ['relation', relation], ['kind', kind]] + CASE WHEN beside THEN [] ELSE [['first', '']] END AS way
WITH way, count(DISTINCT m) AS number, max(belief) AS belief, count(DISTINCT CASE WHEN denied THEN m END) AS denied
RETURN way[0] AS by, way[1] AS word, number, belief, denied
ORDER BY by, number DESC, word
LIMIT $limit + 1
