// ---
// title = "Claims between one entity and others"
// why = "Who says so, and who denies it"
// kind = "internal"
// limit = 5000
// [parameters.id]
// type = "id"
// help = "id of the entity"
// [parameters.others]
// type = "list"
// help = "ids of the others"
// [parameters.relation]
// type = "text"
// help = "only claims of this relation; empty for all"
// default = ""
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
// groups = "Link.groups"
// denying = "Link.denying"
// ---
UNWIND $others AS other
MATCH (n:Entity {case: $case, id: $id}), (m:Entity {case: $case, id: other})
WHERE n.handling IN $handling AND m.handling IN $handling
// From the end of which less is said.
WITH CASE WHEN count { (n)<-[:SUBJECT|OBJECT]-() } < count { (m)<-[:SUBJECT|OBJECT]-() } THEN [n, m] ELSE [m, n] END AS ends
WITH ends[0] AS less, ends[1] AS more
MATCH (less)<-[:SUBJECT|OBJECT]-(c:Claim)
WHERE $relation = '' OR c.relation = $relation
WITH DISTINCT c, more
MATCH (c)-[:SUBJECT|OBJECT]->(more)
WITH DISTINCT c
MATCH (c)-[:STATED_IN]->(s:Statement), (c)-[:SUBJECT]->(a:Entity), (c)-[:OBJECT]->(b:Entity)
WHERE c.handling IN $handling AND s.handling IN $handling AND a.handling IN $handling AND b.handling IN $handling
  AND CASE WHEN a.id = $id THEN b.id ELSE a.id END IN $others
// Where a kind of statement is not shown one by one, its claims are one row each for what they have in common; nothing
// that is not in these two maps comes out.
WITH a, b, min(c.handling) AS handling,
     CASE WHEN s.kind IN $voices THEN properties(c) ELSE {relation: c.relation, polarity: c.polarity, status: c.status} END AS c,
     CASE WHEN s.kind IN $voices THEN s {.id, .kind, .taken_on, .status, source: head([(s)-[:GIVEN_BY]->(q:Source) | q.id])}
          ELSE {kind: s.kind} END AS s
OPTIONAL MATCH (a)-[r]->(b)
WHERE r.relation = c.relation AND r[$belief] IS NOT NULL AND c.polarity = 'asserts' AND c.status = 'active'
RETURN a.id AS subject, CASE WHEN a:Crossing THEN a.date + coalesce(', ' + a.launch_site, '') ELSE coalesce(a.name, a.value) END AS subject_name, toLower(head([l IN labels(a) WHERE l <> 'Entity'])) AS subject_kind,
       b.id AS object, CASE WHEN b:Crossing THEN b.date + coalesce(', ' + b.launch_site, '') ELSE coalesce(b.name, b.value) END AS object_name, toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind,
       c.id AS claim, c.relation AS relation, c.polarity AS polarity, c.status AS status,
       c.from_on AS from_on, c.to_on AS to_on, c.weight AS weight, c.amount AS amount, c.currency AS currency,
       c.place AS place, c.subject_as_said AS subject_as_said, c.object_as_said AS object_as_said,
       c.source_grade AS source_grade, c.assessment AS assessment, handling,
       c.on_record AS on_record, c.belief AS belief, c[$interest] AS interest, c.notes AS notes,
       s.id AS statement, s.kind AS statement_kind, s.taken_on AS taken_on, s.status AS statement_status,
       s.source AS source, CASE WHEN s.id IS NULL THEN r[$groups] END AS groups, r[$denying] AS denying
ORDER BY polarity = 'asserts' AND status = 'active', status, belief DESC, claim, polarity
LIMIT $limit + 1
