// ---
// title = "What is denied"
// why = "Every claim that denies something, with what the link still amounts to, if anyone asserts it. A denial by the person concerned and one by a bystander look alike here: read the statement. Without source clearance what witnesses deny is one row a link."
// kind = "table"
// roles = ["investigator", "analyst", "disclosure", "supervisor"]
// limit = 5000
// [returns]
// claim = "Claim.id"
// subject = "Entity.id"
// subject_name = "Entity.name"
// relation = "Claim.relation"
// object = "Entity.id"
// object_name = "Entity.name"
// claim_status = "Claim.status"
// source_grade = "Claim.source_grade"
// assessment = "Claim.assessment"
// statement = "Statement.id"
// statement_kind = "Statement.kind"
// belief = "Link.belief"
// asserting = "Link.asserting"
// denying = "Link.denying"
// [example]
// rows = 21
// ---
MATCH (c:Claim {case: $case, polarity: 'denies'})-[:STATED_IN]->(s:Statement)
WHERE c.handling IN $handling AND s.handling IN $handling
MATCH (a:Entity)<-[:SUBJECT]-(c)-[:OBJECT]->(b:Entity)
WHERE a.handling IN $handling AND b.handling IN $handling
WITH DISTINCT a, b, CASE WHEN s.kind IN $voices THEN properties(c) ELSE {relation: c.relation, polarity: c.polarity, status: c.status} END AS c,
     CASE WHEN s.kind IN $voices THEN s {.id, .kind} ELSE {kind: s.kind} END AS s
OPTIONAL MATCH (a)-[r]->(b)
WHERE r.relation = c.relation AND r[$belief] IS NOT NULL
RETURN c.id AS claim, a.id AS subject, coalesce(a.name, a.value) AS subject_name, c.relation AS relation, b.id AS object,
       CASE WHEN b:Crossing THEN b.date + coalesce(', ' + b.launch_site, '') ELSE coalesce(b.name, b.value) END AS object_name,
       c.status AS claim_status, c.source_grade AS source_grade, c.assessment AS assessment, s.id AS statement, s.kind AS statement_kind,
       r[$belief] AS belief, r[$asserting] AS asserting, r[$denying] AS denying
ORDER BY belief DESC, relation, subject, object, claim, claim_status
LIMIT $limit + 1
