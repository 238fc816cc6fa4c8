// ---
// title = "Everything delivered about one thing"
// why = "The page of a thing"
// kind = "internal"
// limit = 1
// [parameters.id]
// type = "id"
// help = "id of the thing"
// [returns]
// id = "Thing.id"
// kind = "Thing.kind"
// value = "Thing.value"
// name = "Thing.name"
// notes = "Thing.notes"
// handling = "Thing.handling"
// statement_id = "Thing.statement_id"
// review_on = "Thing.review_on"
// extra = "Thing.extra"
// ---
MATCH (n:Entity&Thing {case: $case, id: $id})
WHERE n.handling IN $handling
RETURN n.id AS id,
       n.kind AS kind,
       n.value AS value,
       n.name AS name,
       n.notes AS notes,
       n.handling AS handling,
       head(COLLECT { MATCH (s:Statement {case: $case, id: n.statement_id}) WHERE s.handling IN $handling AND s.kind IN $voices
                      RETURN s.id }) AS statement_id,
       n.review_on AS review_on,
       [k IN keys(n) WHERE k STARTS WITH 'x_' | k + ': ' + n[k]] AS extra
LIMIT $limit + 1
