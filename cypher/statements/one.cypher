// ---
// title = "Everything delivered about one statement"
// why = "The page of a statement"
// kind = "internal"
// limit = 1
// [parameters.id]
// type = "id"
// help = "id of the statement"
// [returns]
// id = "Statement.id"
// kind = "Statement.kind"
// taken_on = "Statement.taken_on"
// source_grade = "Statement.source_grade"
// assessment = "Statement.assessment"
// handling = "Statement.handling"
// conditions = "Statement.conditions"
// on_record = "Statement.on_record"
// status = "Statement.status"
// status_on = "Statement.status_on"
// interest = "Statement.interest"
// interpreter_id = "Statement.interpreter_id"
// summary = "Statement.summary"
// sanitised = "Statement.sanitised"
// statement_id = "Statement.statement_id"
// review_on = "Statement.review_on"
// source = "Source.id"
// extra = "Statement.extra"
// ---
MATCH (s:Statement {case: $case, id: $id})
WHERE s.handling IN $handling AND s.kind IN $voices
RETURN s.id AS id,
       s.kind AS kind,
       s.taken_on AS taken_on,
       s.source_grade AS source_grade,
       s.assessment AS assessment,
       s.handling AS handling,
       s.conditions AS conditions,
       s.on_record AS on_record,
       s.status AS status,
       s.status_on AS status_on,
       s.interest AS interest,
       s.interpreter_id AS interpreter_id,
       s.summary AS summary,
       s.sanitised AS sanitised,
       head(COLLECT { MATCH (t:Statement {case: $case, id: s.statement_id}) WHERE t.handling IN $handling AND t.kind IN $voices
                      RETURN t.id }) AS statement_id,
       s.review_on AS review_on,
       head([(s)-[:GIVEN_BY]->(q:Source) | q.id]) AS source,
       [k IN keys(s) WHERE k STARTS WITH 'x_' | k + ': ' + s[k]] AS extra
LIMIT $limit + 1
