// ---
// title = "Every claim of the case, with all that is delivered of it"
// why = "All of a case as files, for who is cleared for all of it: read a part at a time"
// kind = "internal"
// limit = 2000000
// [returns]
// id = "Claim.id"
// statement = "Statement.id"
// statement_kind = "Statement.kind"
// source = "Source.id"
// subject = "Entity.id"
// subject_kind = "Entity.kind"
// relation = "Claim.relation"
// object = "Entity.id"
// object_kind = "Entity.kind"
// polarity = "Claim.polarity"
// status = "Claim.status"
// from_on = "Claim.from_on"
// from_on_earliest = "Claim.from_on_earliest"
// from_on_latest = "Claim.from_on_latest"
// to_on = "Claim.to_on"
// to_on_earliest = "Claim.to_on_earliest"
// to_on_latest = "Claim.to_on_latest"
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
// notes = "Claim.notes"
// extra = "Claim.extra"
// ---
MATCH (c:Claim {case: $case})
// That it has an id is always so; it lets an index find those of the case among those of all cases.
WHERE c.id IS NOT NULL AND c.handling IN $handling
// Claim by claim: joined as a whole, the server would have to hold the ends of all of them.
CALL (c) {
  MATCH (c)-[:STATED_IN]->(s:Statement), (c)-[:SUBJECT]->(a:Entity), (c)-[:OBJECT]->(b:Entity)
  WHERE s.handling IN $handling AND a.handling IN $handling AND b.handling IN $handling AND s.kind IN $voices
  RETURN s, a, b
  LIMIT 1
}
RETURN c.id AS id, s.id AS statement, s.kind AS statement_kind, head([(s)-[:GIVEN_BY]->(q:Source) | q.id]) AS source,
       a.id AS subject, toLower(head([l IN labels(a) WHERE l <> 'Entity'])) AS subject_kind, c.relation AS relation,
       b.id AS object, toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind,
       c.polarity AS polarity, c.status AS status,
       c.from_on AS from_on, c.from_on_earliest AS from_on_earliest, c.from_on_latest AS from_on_latest,
       c.to_on AS to_on, c.to_on_earliest AS to_on_earliest, c.to_on_latest AS to_on_latest,
       c.weight AS weight, c.amount AS amount, c.currency AS currency, c.place AS place,
       c.subject_as_said AS subject_as_said, c.object_as_said AS object_as_said,
       c.source_grade AS source_grade, c.assessment AS assessment, c.handling AS handling, c.on_record AS on_record,
       c.belief AS belief, c[$interest] AS interest, c.notes AS notes,
       [k IN keys(c) WHERE k STARTS WITH 'x_' | [k, toString(c[k])]] AS extra
ORDER BY id
LIMIT $limit + 1
