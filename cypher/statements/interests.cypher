// ---
// title = "What bears on a source's motive"
// why = "For disclosure: statements whose source had an interest noted (immigration position, promises, payments, debts, quarrels), or that speak of a rival, debtor, creditor or accuser of the source (`marked`: how many claims), with what rests on each. An interest does not make an account untrue."
// kind = "table"
// roles = ["disclosure", "custodian"]
// limit = 2000
// [returns]
// statement = "Statement.id"
// kind = "Statement.kind"
// taken_on = "Statement.taken_on"
// status = "Statement.status"
// on_record = "Statement.on_record"
// source = "Source.id"
// interest = "Statement.interest"
// marked = "computed.count"
// claims = "computed.count"
// alone = "computed.count"
// [example]
// rows = 48
// ---
MATCH (q:Source)<-[:GIVEN_BY]-(s:Statement {case: $case})
WHERE s.handling IN $handling
WITH q, s, COUNT { MATCH (s)<-[:STATED_IN]-(c:Claim) WHERE c.handling IN $handling AND c[$interest] IS NOT NULL } AS marked
WHERE s.interest IS NOT NULL OR marked > 0
RETURN s.id AS statement, s.kind AS kind, s.taken_on AS taken_on, s.status AS status, s.on_record AS on_record,
       q.id AS source, s.interest AS interest, marked,
       COUNT { MATCH (s)<-[:STATED_IN]-(c:Claim) WHERE c.handling IN $handling } AS claims,
       COUNT { MATCH (s)<-[:STATED_IN]-(c:Claim {polarity: 'asserts', status: 'active'})-[:SUBJECT]->(a:Entity), (c)-[:OBJECT]->(b:Entity), (a)-[r]->(b)
               WHERE c.handling IN $handling AND a.handling IN $handling AND b.handling IN $handling
                 AND r.relation = c.relation AND r[$asserting] = 1 } AS alone
ORDER BY source, statement
LIMIT $limit + 1
