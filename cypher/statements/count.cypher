// ---
// title = "How many claims a statement makes"
// why = "Its page holds some of them and says how many there are"
// kind = "internal"
// limit = 10
// [parameters.id]
// type = "id"
// help = "id of the statement"
// [returns]
// part = "Claim.polarity"
// claims = "computed.count"
// ---
MATCH (:Statement {case: $case, id: $id})<-[:STATED_IN]-(c:Claim)
MATCH (c)-[:STATED_IN]->(s:Statement), (c)-[:SUBJECT]->(a:Entity), (c)-[:OBJECT]->(b:Entity)
WHERE c.handling IN $handling AND s.handling IN $handling AND a.handling IN $handling AND b.handling IN $handling
  AND s.kind IN $voices
RETURN CASE WHEN c.status <> 'active' OR c.polarity = 'withdrawn' THEN 'taken_back' ELSE c.polarity END AS part, count(*) AS claims
ORDER BY part
LIMIT $limit + 1
