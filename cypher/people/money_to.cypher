// ---
// title = "Money paid to someone, by payer and currency"
// why = "Adds up the amounts claimed to have been paid to one person (or account). Two statements about one payment are both added, so a sum is an upper bound; what is denied or contested is in none. Without source clearance amounts of witnesses are left out, and only whether they speak of it is told."
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
// belief = "Link.belief"
// denying = "Link.denying"
// [example]
// parameters = { person = "P1556" }
// rows = 71
// ---
MATCH (to:Entity {case: $case, id: $person})<-[:OBJECT]-(c:Claim {relation: 'PAID', status: 'active', polarity: 'asserts'})-[:SUBJECT]->(by:Entity)
MATCH (c)-[:STATED_IN]->(s:Statement)
WHERE to.handling IN $handling AND by.handling IN $handling AND c.handling IN $handling AND s.handling IN $handling
WITH to, by, c, s ORDER BY c.id
WITH to, by, collect(
       CASE WHEN s.kind IN $voices THEN c {.id, .amount, .currency, .from_on, witnessed: s.kind = 'witness'} ELSE {witnessed: true} END) AS paid
// A denial is of all that the one is said to have paid the other, whether its reader may see what denies it or not.
MATCH (by)-[r:PAID]->(to)
WHERE r[$belief] IS NOT NULL
WITH by, paid, r[$belief] AS belief, r[$denying] AS denying, coalesce(r[$denying] <> 0, false) AS denied
UNWIND paid AS c
RETURN by.id AS payer, coalesce(by.name, by.value) AS payer_name, toLower(head([l IN labels(by) WHERE l <> 'Entity'])) AS payer_kind,
       toUpper(trim(coalesce(c.currency, ''))) AS currency, round(sum(CASE WHEN denied THEN 0 ELSE c.amount END), 2) AS total,
       max(c.amount) AS largest, count(c.id) AS claims,
       min(c.from_on) AS first, replace(max(c.from_on + '~'), '~', '') AS last, max(c.witnessed) AS witnessed, belief, denying
ORDER BY total DESC, payer, currency
LIMIT $limit + 1
