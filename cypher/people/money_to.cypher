// ---
// title = "Money paid to someone, by payer and currency"
// why = "Adds up the amounts claimed to have been paid to one person (or account). Two statements about one payment are both added, so a sum is an upper bound; what somebody denies is in none. Without source clearance amounts of witnesses are left out, and only whether they speak of it is told."
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
// denied = "computed.flag"
// [example]
// parameters = { person = "P1556" }
// rows = 71
// ---
MATCH (to:Entity {case: $case, id: $person})<-[:OBJECT]-(c:Claim {relation: 'PAID', status: 'active'})-[:SUBJECT]->(by:Entity)
MATCH (c)-[:STATED_IN]->(s:Statement)
WHERE to.handling IN $handling AND by.handling IN $handling AND c.handling IN $handling AND s.handling IN $handling
  AND c.polarity IN ['asserts', 'denies']
WITH by, c, s ORDER BY c.id
// A denial is of all that the one is said to have paid the other, and no kind of statement hides it: as on the page of either.
WITH by, max(c.polarity = 'denies') AS denied, collect(CASE WHEN c.polarity = 'asserts' THEN
       CASE WHEN s.kind IN $voices THEN c {.id, .amount, .currency, .from_on, witnessed: s.kind = 'witness'} ELSE {witnessed: true} END END) AS paid
UNWIND paid AS c
RETURN by.id AS payer, coalesce(by.name, by.value) AS payer_name, toLower(head([l IN labels(by) WHERE l <> 'Entity'])) AS payer_kind,
       toUpper(trim(coalesce(c.currency, ''))) AS currency, round(sum(CASE WHEN denied THEN 0 ELSE c.amount END), 2) AS total,
       max(c.amount) AS largest, count(c.id) AS claims,
       min(c.from_on) AS first, replace(max(c.from_on + '~'), '~', '') AS last, max(c.witnessed) AS witnessed, max(denied) AS denied
ORDER BY total DESC, payer, currency
LIMIT $limit + 1
