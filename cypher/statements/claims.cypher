// ---
// title = "Claims one statement makes"
// why = "What a statement says, relation by relation"
// kind = "internal"
// limit = 5000
// [parameters.id]
// type = "id"
// help = "id of the statement"
// [parameters.which]
// type = "choice"
// words = ["all", "asserts", "denies", "taken_back"]
// help = "all, or only those that count, that deny, or that were taken back"
// default = "all"
// [parameters.after]
// type = "int"
// help = "how many of the first are passed over"
// default = 0
// [parameters.most]
// type = "int"
// help = "so many at most"
// default = 5001
// [returns]
// subject = "Entity.id"
// subject_name = "Entity.name"
// subject_kind = "Entity.kind"
// object = "Entity.id"
// object_name = "Entity.name"
// object_kind = "Entity.kind"
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
// notes = "Claim.notes"
// statement = "Statement.id"
// statement_kind = "Statement.kind"
// taken_on = "Statement.taken_on"
// statement_status = "Statement.status"
// source = "Source.id"
// ---
MATCH (:Statement {case: $case, id: $id})<-[:STATED_IN]-(c:Claim)
MATCH (c)-[:STATED_IN]->(s:Statement), (c)-[:SUBJECT]->(a:Entity), (c)-[:OBJECT]->(b:Entity)
WHERE c.handling IN $handling AND s.handling IN $handling AND a.handling IN $handling AND b.handling IN $handling
  AND s.kind IN $voices
  AND ($which = 'all' OR $which = CASE WHEN c.status <> 'active' OR c.polarity = 'withdrawn' THEN 'taken_back' ELSE c.polarity END)
WITH c, s, a, b
ORDER BY c.relation, c.id
SKIP $after LIMIT $most
RETURN a.id AS subject, CASE WHEN a:Crossing THEN a.date + coalesce(', ' + a.launch_site, '') ELSE coalesce(a.name, a.value) END AS subject_name, toLower(head([l IN labels(a) WHERE l <> 'Entity'])) AS subject_kind,
       b.id AS object, CASE WHEN b:Crossing THEN b.date + coalesce(', ' + b.launch_site, '') ELSE coalesce(b.name, b.value) END AS object_name, toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind,
       c.id AS claim, c.relation AS relation, c.polarity AS polarity, c.status AS status,
       c.from_on AS from_on, c.to_on AS to_on, c.weight AS weight, c.amount AS amount, c.currency AS currency,
       c.place AS place, c.subject_as_said AS subject_as_said, c.object_as_said AS object_as_said,
       c.source_grade AS source_grade, c.assessment AS assessment, c.handling AS handling,
       c.on_record AS on_record, c.belief AS belief, c[$interest] AS interest, c.notes AS notes,
       s.id AS statement, s.kind AS statement_kind, s.taken_on AS taken_on, s.status AS statement_status,
       head([(s)-[:GIVEN_BY]->(q:Source) | q.id]) AS source
ORDER BY relation, claim
LIMIT $limit + 1
