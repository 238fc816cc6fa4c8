// ---
// title = "Every statement of the case"
// why = "All of a case as files, for who is cleared for all of it: read a part at a time, in no order"
// kind = "internal"
// limit = 2000000
// [returns]
// id = "Statement.id"
// kind = "Statement.kind"
// taken_on = "Statement.taken_on"
// taken_on_earliest = "Statement.taken_on_earliest"
// taken_on_latest = "Statement.taken_on_latest"
// source_grade = "Statement.source_grade"
// assessment = "Statement.assessment"
// handling = "Statement.handling"
// conditions = "Statement.conditions"
// on_record = "Statement.on_record"
// status = "Statement.status"
// status_on = "Statement.status_on"
// status_on_earliest = "Statement.status_on_earliest"
// status_on_latest = "Statement.status_on_latest"
// interest = "Statement.interest"
// interpreter_id = "Statement.interpreter_id"
// summary = "Statement.summary"
// sanitised = "Statement.sanitised"
// statement_id = "Statement.statement_id"
// review_on = "Statement.review_on"
// review_on_earliest = "Statement.review_on_earliest"
// review_on_latest = "Statement.review_on_latest"
// source = "Source.id"
// extra = "Statement.extra"
// ---
MATCH (s:Statement {case: $case})
// As with claims, an index finds those of the case.
WHERE s.id IS NOT NULL AND s.handling IN $handling AND s.kind IN $voices
RETURN s.id AS id,
       s.kind AS kind,
       s.taken_on AS taken_on, s.taken_on_earliest AS taken_on_earliest, s.taken_on_latest AS taken_on_latest,
       s.source_grade AS source_grade,
       s.assessment AS assessment,
       s.handling AS handling,
       s.conditions AS conditions,
       s.on_record AS on_record,
       s.status AS status,
       s.status_on AS status_on, s.status_on_earliest AS status_on_earliest, s.status_on_latest AS status_on_latest,
       s.interest AS interest,
       s.interpreter_id AS interpreter_id,
       s.summary AS summary,
       s.sanitised AS sanitised,
       head(COLLECT { MATCH (t:Statement {case: $case, id: s.statement_id}) WHERE t.handling IN $handling AND t.kind IN $voices
                      RETURN t.id }) AS statement_id,
       s.review_on AS review_on, s.review_on_earliest AS review_on_earliest, s.review_on_latest AS review_on_latest,
       head([(s)-[:GIVEN_BY]->(q:Source) | q.id]) AS source,
       [k IN keys(s) WHERE k STARTS WITH 'x_' | [k, toString(s[k])]] AS extra
LIMIT $limit + 1
