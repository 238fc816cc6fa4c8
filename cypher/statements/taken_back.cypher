// ---
// title = "Claims withdrawn or superseded"
// why = "What a source took back, and what a later delivery left out: kept without weight, because it may undermine the case and must be found. It does not say why something was taken back. Without source clearance what witnesses took back is one row a link."
// kind = "table"
// roles = ["investigator", "analyst", "disclosure", "supervisor"]
// limit = 5000
// [parameters.status]
// type = "choice"
// help = "which of the two; empty: both"
// default = ""
// words = ["", "withdrawn", "superseded"]
// [returns]
// claim = "Claim.id"
// status = "Claim.status"
// subject = "Entity.id"
// subject_name = "Entity.name"
// relation = "Claim.relation"
// object = "Entity.id"
// object_name = "Entity.name"
// polarity = "Claim.polarity"
// statement = "Statement.id"
// statement_kind = "Statement.kind"
// statement_status = "Statement.status"
// status_on = "Statement.status_on"
// still_linked = "computed.flag"
denying = "Link.denying"
// [example]
// rows = 157
// ---
MATCH (c:Claim {case: $case})-[:STATED_IN]->(s:Statement)
WHERE c.status <> 'active' AND ($status = '' OR c.status = $status) AND c.handling IN $handling AND s.handling IN $handling
MATCH (a:Entity)<-[:SUBJECT]-(c)-[:OBJECT]->(b:Entity)
WHERE a.handling IN $handling AND b.handling IN $handling
WITH DISTINCT a, b, CASE WHEN s.kind IN $voices THEN properties(c) ELSE {relation: c.relation, polarity: c.polarity, status: c.status} END AS c,
     CASE WHEN s.kind IN $voices THEN s {.id, .kind, .status, .status_on} ELSE {kind: s.kind} END AS s
RETURN c.id AS claim, c.status AS status, a.id AS subject, coalesce(a.name, a.value) AS subject_name, c.relation AS relation,
       b.id AS object, CASE WHEN b:Crossing THEN b.date + coalesce(', ' + b.launch_site, '') ELSE coalesce(b.name, b.value) END AS object_name,
       c.polarity AS polarity, s.id AS statement, s.kind AS statement_kind, s.status AS statement_status, s.status_on AS status_on,
       EXISTS { MATCH (a)-[r]->(b) WHERE r.relation = c.relation AND r[$belief] IS NOT NULL } AS still_linked,
       head(COLLECT { MATCH (a)-[r]->(b) WHERE r.relation = c.relation AND r[$belief] IS NOT NULL
                      RETURN r[$denying] AS denying }) AS denying
ORDER BY status, relation, subject, object, claim, polarity
LIMIT $limit + 1
