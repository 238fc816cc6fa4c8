// ---
// title = "Which of some claims there are"
// why = "Before it is told where a claim was delivered"
// kind = "internal"
// limit = 20000
// [parameters.claims]
// type = "list"
// help = "ids of claims"
// [returns]
// claim = "Claim.id"
// statement_kind = "Statement.kind"
// ---
MATCH (c:Claim {case: $case})-[:STATED_IN]->(s:Statement)
WHERE c.id IN $claims AND c.handling IN $handling AND s.handling IN $handling AND s.kind IN $voices
MATCH (a:Entity)<-[:SUBJECT]-(c)-[:OBJECT]->(b:Entity)
WHERE a.handling IN $handling AND b.handling IN $handling
RETURN c.id AS claim, s.kind AS statement_kind
ORDER BY claim
LIMIT $limit + 1
