// ---
// title = "Every claim of the case"
// why = "For link analysis in notebooks"
// kind = "internal"
// limit = 2000000
// [returns]
// subject = "Entity.id"
// object = "Entity.id"
// claim = "Claim.id"
// relation = "Claim.relation"
// polarity = "Claim.polarity"
// status = "Claim.status"
// from_on = "Claim.from_on"
// to_on = "Claim.to_on"
// weight = "Claim.weight"
// amount = "Claim.amount"
// currency = "Claim.currency"
// place = "Claim.place"
// subject_as_said = "Claim.subject_as_said"
// object_as_said = "Claim.object_as_said"
// source_grade = "Claim.source_grade"
// assessment = "Claim.assessment"
// handling = "Claim.handling"
// on_record = "Claim.on_record"
// belief = "Claim.belief"
// interest = "Claim.interest"
// statement = "Statement.id"
// statement_kind = "Statement.kind"
// taken_on = "Statement.taken_on"
// statement_status = "Statement.status"
// source = "Source.id"
// ---
MATCH (c:Claim {case: $case})
MATCH (c)-[:STATED_IN]->(s:Statement), (c)-[:SUBJECT]->(a:Entity), (c)-[:OBJECT]->(b:Entity)
WHERE c.handling IN $handling AND s.handling IN $handling AND a.handling IN $handling AND b.handling IN $handling
// Where a kind of statement is not shown one by one, its claims are one row each for what they have in common; nothing
// that is not in these two maps comes out.
WITH a, b, min(c.handling) AS handling,
     CASE WHEN s.kind IN $voices THEN properties(c) ELSE {relation: c.relation, polarity: c.polarity, status: c.status} END AS c,
     CASE WHEN s.kind IN $voices THEN s {.id, .kind, .taken_on, .status, source: head([(s)-[:GIVEN_BY]->(q:Source) | q.id])}
          ELSE {kind: s.kind} END AS s
RETURN a.id AS subject, b.id AS object, c.id AS claim, c.relation AS relation, c.polarity AS polarity,
       c.status AS status, c.from_on AS from_on, c.to_on AS to_on, c.weight AS weight, c.amount AS amount,
       c.currency AS currency, c.place AS place, c.subject_as_said AS subject_as_said,
       c.object_as_said AS object_as_said, c.source_grade AS source_grade, c.assessment AS assessment,
       handling, c.on_record AS on_record, c.belief AS belief, c[$interest] AS interest,
       s.id AS statement, s.kind AS statement_kind, s.taken_on AS taken_on, s.status AS statement_status,
       s.source AS source
ORDER BY claim, subject, relation, object, polarity, status
LIMIT $limit + 1
