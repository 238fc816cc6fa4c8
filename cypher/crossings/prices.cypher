// ---
// title = "What people aboard are said to have paid, crossing by crossing"
// why = "Which crossings hang together: prices of a place"
// kind = "internal"
// limit = 2000000
// [returns]
// crossing = "Crossing.id"
// amount = "Claim.amount"
// currency = "Claim.currency"
// statement_kind = "Statement.kind"
// ---
MATCH (p:Person {case: $case})-[r:CROSSED_ON]->(n:Crossing)
WHERE p.handling IN $handling AND n.handling IN $handling AND r[$belief] >= 0.5
MATCH (p)<-[:SUBJECT]-(c:Claim)-[:STATED_IN]->(s:Statement)
WHERE c.relation = 'PAID' AND c.polarity = 'asserts' AND c.status = 'active' AND c.amount > 0 AND c.currency IS NOT NULL
  AND c.handling IN $handling AND s.handling IN $handling AND s.kind IN $voices
RETURN n.id AS crossing, c.amount AS amount, c.currency AS currency, s.kind AS statement_kind
ORDER BY crossing, amount, currency, statement_kind
LIMIT $limit + 1
