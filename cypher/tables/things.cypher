// ---
// title = "Every thing of the case"
// why = "All of a case as files, for who is cleared for all of it: read a part at a time, in no order"
// kind = "internal"
// limit = 2000000
// [returns]
// id = "Thing.id"
// kind = "Thing.kind"
// value = "Thing.value"
// name = "Thing.name"
// notes = "Thing.notes"
// handling = "Thing.handling"
// statement_id = "Thing.statement_id"
// review_on = "Thing.review_on"
// review_on_earliest = "Thing.review_on_earliest"
// review_on_latest = "Thing.review_on_latest"
// extra = "Thing.extra"
// ---
MATCH (n:Thing {case: $case})
WHERE n.handling IN $handling
RETURN n.id AS id,
       n.kind AS kind,
       n.value AS value,
       n.name AS name,
       n.notes AS notes,
       n.handling AS handling,
       head(COLLECT { MATCH (s:Statement {case: $case, id: n.statement_id}) WHERE s.handling IN $handling AND s.kind IN $voices
                      RETURN s.id }) AS statement_id,
       n.review_on AS review_on, n.review_on_earliest AS review_on_earliest, n.review_on_latest AS review_on_latest,
       [k IN keys(n) WHERE k STARTS WITH 'x_' | [k, toString(n[k])]] AS extra
LIMIT $limit + 1
