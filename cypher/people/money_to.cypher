// ---
// title = "Money paid to someone, by payer and currency"
// why = "Adds up the amounts claimed to have been paid to one person (or account). Two statements about the same payment are both added, so a sum is an upper bound, not an amount. Without source clearance amounts of witnesses are left out, and only whether they speak of it is told."
// kind = "table"
// limit = 500
// [parameters.person]
// type = "id"
// help = "id of who was paid"
// [returns]
// payer = "Entity.id"
// payer_name = "Entity.name"
// payer_kind = "Entity.kind"
// currency = "Claim.currency"
// total = "Claim.amount"
// largest = "Claim.amount"
// claims = "computed.count"
// first = "Claim.from_on"
// last = "Claim.from_on"
// witnessed = "computed.flag"
// [example]
// parameters = { person = "P1556" }
// rows = 71
// ---
MATCH (to:Entity {case: $case, id: $person})<-[:OBJECT]-(c:Claim {relation: 'PAID', polarity: 'asserts', status: 'active'})-[:SUBJECT]->(by:Entity)
MATCH (c)-[:STATED_IN]->(s:Statement)
WHERE to.handling IN $handling AND by.handling IN $handling AND c.handling IN $handling AND s.handling IN $handling
WITH by, s.kind = 'witness' AS witnessed, CASE WHEN s.kind IN $voices THEN properties(c) ELSE {} END AS c ORDER BY c.id
RETURN by.id AS payer, coalesce(by.name, by.value) AS payer_name, toLower(head([l IN labels(by) WHERE l <> 'Entity'])) AS payer_kind,
       coalesce(c.currency, '') AS currency, sum(c.amount) AS total, max(c.amount) AS largest, count(c.id) AS claims,
       min(c.from_on) AS first, replace(max(c.from_on + '~'), '~', '') AS last, max(witnessed) AS witnessed
ORDER BY total DESC, payer, currency
LIMIT $limit + 1
