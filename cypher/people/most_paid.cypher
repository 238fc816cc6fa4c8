// ---
// title = "Who is paid most, by currency"
// why = "People ranked by the sum of claimed payments to them in each currency, with how many pay them. Sums add every claim, so twice-told payments count twice; what is denied or contested is in none (`denied`: by whom, `contested`: how much). Without source clearance only reports and records are added up."
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
// contested = "Claim.amount"
// denied = "Entity.id"
// doubtful = "Entity.id"
// [example]
// rows = 50
// ---
MATCH (c:Claim {case: $case, relation: 'PAID', status: 'active', polarity: 'asserts'})
WHERE c.handling IN $handling AND c.amount IS NOT NULL
MATCH (by:Entity)<-[:SUBJECT]-(c)-[:OBJECT]->(to:Entity), (c)-[:STATED_IN]->(s:Statement)
WHERE by.handling IN $handling AND to.handling IN $handling AND s.handling IN $handling AND s.kind IN $voices
WITH to, by, c ORDER BY by.id, c.id
WITH to, by, collect(c) AS paid
// A denial is of all that the one is said to have paid the other, whether its reader may see what denies it or not.
MATCH (by)-[r:PAID]->(to)
WHERE r[$belief] IS NOT NULL
WITH to, by, paid, coalesce(r[$denying] <> 0, false) AS denied, r[$belief] < 0.5 AS doubtful ORDER BY by.id
UNWIND paid AS c
WITH to, toUpper(trim(coalesce(c.currency, ''))) AS currency, round(sum(CASE WHEN denied THEN 0 ELSE c.amount END), 2) AS total,
     count(DISTINCT CASE WHEN NOT denied THEN by END) AS payers, sum(CASE WHEN denied THEN 0 ELSE 1 END) AS claims,
     round(sum(CASE WHEN denied THEN c.amount ELSE 0 END), 2) AS contested,
     collect(DISTINCT CASE WHEN denied THEN by.id END) AS denied_payers, collect(DISTINCT CASE WHEN doubtful THEN by.id END) AS doubtful
WHERE payers >= $payers
RETURN to.id AS person, coalesce(to.name, to.value) AS name, toLower(head([l IN labels(to) WHERE l <> 'Entity'])) AS kind,
       currency, total, payers, claims, contested, denied_payers AS denied, doubtful
ORDER BY currency, total DESC, person
LIMIT $limit + 1
