// ---
// title = "What people aboard are said to have paid, crossing by crossing"
// why = "Which crossings hang together: prices of a place"
// kind = "internal"
// limit = 2000000
// [returns]
// crossing = "Crossing.id"
// person = "Person.id"
// amount = "Claim.amount"
// currency = "Claim.currency"
// statement = "Statement.id"
// statement_kind = "Statement.kind"
// source = "Source.id"
// ---
MATCH (p:Person {case: $case})-[r:CROSSED_ON]->(n:Crossing)
WHERE p.handling IN $handling AND n.handling IN $handling AND r[$belief] >= 0.5
MATCH (p)<-[:SUBJECT]-(c:Claim)-[:STATED_IN]->(s:Statement)
WHERE c.relation = 'PAID' AND c.polarity = 'asserts' AND c.status = 'active' AND c.amount > 0 AND c.currency IS NOT NULL
  AND c.handling IN $handling AND s.handling IN $handling AND s.kind IN $voices
RETURN n.id AS crossing, p.id AS person, c.amount AS amount, c.currency AS currency, s.id AS statement,
       s.kind AS statement_kind, head([(s)-[:GIVEN_BY]->(q:Source) | q.id]) AS source
ORDER BY crossing, person, amount, currency, statement
LIMIT $limit + 1
