// ---
// title = "Every boat of the case"
// why = "All of a case as files, for who is cleared for all of it: read a part at a time, in no order"
// kind = "internal"
// limit = 2000000
// [returns]
// id = "Boat.id"
// name = "Boat.name"
// kind = "Boat.kind"
// registration = "Boat.registration"
// length_m = "Boat.length_m"
// engine_hp = "Boat.engine_hp"
// notes = "Boat.notes"
// handling = "Boat.handling"
// statement_id = "Boat.statement_id"
// review_on = "Boat.review_on"
// review_on_earliest = "Boat.review_on_earliest"
// review_on_latest = "Boat.review_on_latest"
// extra = "Boat.extra"
// ---
MATCH (n:Boat {case: $case})
WHERE n.handling IN $handling
RETURN n.id AS id,
       n.name AS name,
       n.kind AS kind,
       n.registration AS registration,
       n.length_m AS length_m,
       n.engine_hp AS engine_hp,
       n.notes AS notes,
       n.handling AS handling,
       head(COLLECT { MATCH (s:Statement {case: $case, id: n.statement_id}) WHERE s.handling IN $handling AND s.kind IN $voices
                      RETURN s.id }) AS statement_id,
       n.review_on AS review_on, n.review_on_earliest AS review_on_earliest, n.review_on_latest AS review_on_latest,
       [k IN keys(n) WHERE k STARTS WITH 'x_' | [k, toString(n[k])]] AS extra
LIMIT $limit + 1
