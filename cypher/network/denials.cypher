// ---
// title = "What speaks against things said to have been done to some entities"
// why = "Every denial that stands, with the statement it is in, so that whoever reads who is behind something reads what speaks against it. Without source clearance what witnesses deny is one row a link."
// kind = "internal"
// limit = 2000
// [parameters.ids]
// type = "list"
// help = "ids of what it was done to"
// [parameters.subjects]
// type = "list"
// help = "ids of who is said to have done it; empty for whoever"
// default = []
// [parameters.relations]
// type = "list"
// help = "only these relations; empty for all"
// default = []
// [returns]
// subject = "Entity.id"
// relation = "Claim.relation"
// object = "Entity.id"
// statement = "Statement.id"
// kind = "Statement.kind"
// taken_on = "Statement.taken_on"
// summary = "Statement.summary"
// source_grade = "Claim.source_grade"
// assessment = "Claim.assessment"
// ---
UNWIND $ids AS id
MATCH (b:Entity {case: $case, id: id})<-[:OBJECT]-(c:Claim {polarity: 'denies', status: 'active'})-[:SUBJECT]->(a:Entity)
MATCH (c)-[:STATED_IN]->(s:Statement)
WHERE a.handling IN $handling AND b.handling IN $handling AND c.handling IN $handling AND s.handling IN $handling
  AND (size($subjects) = 0 OR a.id IN $subjects) AND (size($relations) = 0 OR c.relation IN $relations)
WITH DISTINCT a.id AS subject, c.relation AS relation, b.id AS object,
     CASE WHEN s.kind IN $voices THEN c {.source_grade, .assessment} ELSE {} END AS c,
     CASE WHEN s.kind IN $voices THEN s {.id, .kind, .taken_on, .summary} ELSE {kind: s.kind} END AS s
RETURN subject, relation, object, s.id AS statement, s.kind AS kind, s.taken_on AS taken_on, s.summary AS summary,
       c.source_grade AS source_grade, c.assessment AS assessment
ORDER BY subject, relation, object, kind, statement
LIMIT $limit + 1
