// ---
// title = "Who is paid most, by currency"
// why = "People ranked by the sum of claimed payments to them in each currency, with how many pay them. Sums add every claim, so twice-told payments count twice; wages and fares look alike here. Without source clearance only reports and records are added up."
// kind = "table"
// limit = 200
// [parameters.payers]
// type = "int"
// help = "paid by how many at least"
// default = 2
// [returns]
// person = "Entity.id"
// name = "Entity.name"
// kind = "Entity.kind"
// currency = "Claim.currency"
// total = "Claim.amount"
// payers = "computed.count"
// claims = "computed.count"
// [example]
// rows = 50
// ---
MATCH (c:Claim {case: $case, relation: 'PAID', polarity: 'asserts', status: 'active'})
WHERE c.handling IN $handling AND c.amount IS NOT NULL
MATCH (by:Entity)<-[:SUBJECT]-(c)-[:OBJECT]->(to:Entity), (c)-[:STATED_IN]->(s:Statement)
WHERE by.handling IN $handling AND to.handling IN $handling AND s.handling IN $handling AND s.kind IN $voices
WITH to, by, c ORDER BY c.id
WITH to, coalesce(c.currency, '') AS currency, sum(c.amount) AS total, count(DISTINCT by) AS payers, count(*) AS claims
WHERE payers >= $payers
RETURN to.id AS person, coalesce(to.name, to.value) AS name, toLower(head([l IN labels(to) WHERE l <> 'Entity'])) AS kind,
       currency, total, payers, claims
ORDER BY currency, total DESC, person
LIMIT $limit + 1
