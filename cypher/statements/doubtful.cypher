// ---
// title = "Statements to read with doubt"
// why = "Statements from a source graded 3 (not reliable) or assessed E (suspected to be false), or with a claim assessed so, and how many claims rest on each. Doubt is a grading, not a finding. Without source clearance those of witnesses are not listed."
// kind = "table"
// limit = 1000
// [returns]
// statement = "Statement.id"
// kind = "Statement.kind"
// taken_on = "Statement.taken_on"
// source_grade = "Statement.source_grade"
// assessment = "Statement.assessment"
// status = "Statement.status"
// handling = "Statement.handling"
// claims = "computed.count"
// doubted = "computed.count"
// [example]
// rows = 28
// ---
MATCH (s:Statement {case: $case})
WHERE s.handling IN $handling AND s.kind IN $voices
MATCH (s)<-[:STATED_IN]-(c:Claim)
WHERE c.handling IN $handling
WITH s, count(*) AS claims, count(CASE WHEN c.source_grade = '3' OR c.assessment = 'E' THEN 1 END) AS doubted
WHERE doubted > 0
RETURN s.id AS statement, s.kind AS kind, s.taken_on AS taken_on, s.source_grade AS source_grade, s.assessment AS assessment,
       s.status AS status, s.handling AS handling, claims, doubted
ORDER BY doubted DESC, statement
LIMIT $limit + 1
