// ---
// title = "Everything delivered about one gang"
// why = "The page of a gang"
// kind = "internal"
// limit = 1
// [parameters.id]
// type = "id"
// help = "id of the gang"
// [returns]
// id = "Gang.id"
// name = "Gang.name"
// aliases = "Gang.aliases"
// notes = "Gang.notes"
// handling = "Gang.handling"
// statement_id = "Gang.statement_id"
// review_on = "Gang.review_on"
// extra = "Gang.extra"
// ---
MATCH (n:Entity&Gang {case: $case, id: $id})
WHERE n.handling IN $handling
RETURN n.id AS id,
       n.name AS name,
       n.aliases AS aliases,
       n.notes AS notes,
       n.handling AS handling,
       head(COLLECT { MATCH (s:Statement {case: $case, id: n.statement_id}) WHERE s.handling IN $handling AND s.kind IN $voices
                      RETURN s.id }) AS statement_id,
       n.review_on AS review_on,
       [k IN keys(n) WHERE k STARTS WITH 'x_' | k + ': ' + n[k]] AS extra
LIMIT $limit + 1
