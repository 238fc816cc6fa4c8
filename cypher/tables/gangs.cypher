// ---
// title = "Every gang of the case"
// why = "All of a case as files, for who is cleared for all of it: read a part at a time, in no order"
// kind = "internal"
// limit = 2000000
// [returns]
// id = "Gang.id"
// name = "Gang.name"
// aliases = "Gang.aliases"
// notes = "Gang.notes"
// handling = "Gang.handling"
// statement_id = "Gang.statement_id"
// review_on = "Gang.review_on"
// review_on_earliest = "Gang.review_on_earliest"
// review_on_latest = "Gang.review_on_latest"
// extra = "Gang.extra"
// ---
MATCH (n:Gang {case: $case})
WHERE n.handling IN $handling
RETURN n.id AS id,
       n.name AS name,
       n.aliases AS aliases,
       n.notes AS notes,
       n.handling AS handling,
       head(COLLECT { MATCH (s:Statement {case: $case, id: n.statement_id}) WHERE s.handling IN $handling AND s.kind IN $voices
                      RETURN s.id }) AS statement_id,
       n.review_on AS review_on, n.review_on_earliest AS review_on_earliest, n.review_on_latest AS review_on_latest,
       [k IN keys(n) WHERE k STARTS WITH 'x_' | [k, toString(n[k])]] AS extra
LIMIT $limit + 1
