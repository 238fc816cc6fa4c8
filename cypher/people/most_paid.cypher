// ---
// title = "Who is paid most, by currency"
// why = "People ranked by the sum of claimed payments to them in each currency, with how many pay them. Sums add every claim, so twice-told payments count twice; a payment that somebody denies is in none (`denied`: how many). Without source clearance only reports and records are added up."
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
// denied = "computed.count"
// [example]
// rows = 50
// ---
MATCH (c:Claim {case: $case, relation: 'PAID', status: 'active'})
WHERE c.handling IN $handling AND c.polarity IN ['asserts', 'denies']
MATCH (by:Entity)<-[:SUBJECT]-(c)-[:OBJECT]->(to:Entity), (c)-[:STATED_IN]->(s:Statement)
WHERE by.handling IN $handling AND to.handling IN $handling AND s.handling IN $handling
WITH to, by, c, s ORDER BY c.id
// A denial is of all that the one is said to have paid the other, and no kind of statement hides it: as on the page of either.
WITH to, by, max(c.polarity = 'denies') AS contested,
     collect(CASE WHEN c.polarity = 'asserts' AND c.amount IS NOT NULL AND s.kind IN $voices THEN c END) AS paid
UNWIND paid AS c
WITH to, toUpper(trim(coalesce(c.currency, ''))) AS currency, round(sum(CASE WHEN contested THEN 0 ELSE c.amount END), 2) AS total,
     count(DISTINCT CASE WHEN NOT contested THEN by END) AS payers, sum(CASE WHEN contested THEN 0 ELSE 1 END) AS claims,
     sum(CASE WHEN contested THEN 1 ELSE 0 END) AS denied
WHERE payers >= $payers
RETURN to.id AS person, coalesce(to.name, to.value) AS name, toLower(head([l IN labels(to) WHERE l <> 'Entity'])) AS kind,
       currency, total, payers, claims, denied
ORDER BY currency, total DESC, person
LIMIT $limit + 1
