// ---
// title = "Claims as the analysis wants them"
// why = "Input of the ranking"
// kind = "internal"
// limit = 2000000
// [returns]
// id = "Claim.id"
// subject = "Entity.id"
// relation = "Claim.relation"
// object = "Entity.id"
// polarity = "Claim.polarity"
// status = "Claim.status"
// statement = "Statement.id"
// source = "Source.id"
// source_kind = "Source.kind"
// source_grade = "Claim.source_grade"
// assessment = "Claim.assessment"
// on_record = "Claim.on_record"
// weight = "Claim.weight"
// handling = "Claim.handling"
// subject_kind = "Entity.kind"
// object_kind = "Entity.kind"
// amount = "Claim.amount"
// currency = "Claim.currency"
// from_on = "Claim.from_on"
// to_on = "Claim.to_on"
// ---
MATCH (q:Source {case: $case})<-[:GIVEN_BY]-(s:Statement)<-[:STATED_IN]-(c:Claim)
WHERE c.handling IN $handling AND s.handling IN $handling
MATCH (c)-[:SUBJECT]->(a:Entity), (c)-[:OBJECT]->(b:Entity)
WHERE a.handling IN $handling AND b.handling IN $handling
RETURN c.id AS id, a.id AS subject, c.relation AS relation, b.id AS object, c.polarity AS polarity, c.status AS status,
       s.id AS statement, q.id AS source, s.kind AS source_kind, c.source_grade AS source_grade,
       c.assessment AS assessment, c.on_record AS on_record, c.weight AS weight, c.handling AS handling,
       toLower(head([l IN labels(a) WHERE l <> 'Entity'])) AS subject_kind, toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind, c.amount AS amount,
       coalesce(c.currency, '') AS currency, coalesce(c.from_on, '') AS from_on, coalesce(c.to_on, '') AS to_on
LIMIT $limit + 1
