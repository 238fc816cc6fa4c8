// ---
// title = "Everything delivered about one boat"
// why = "The page of a boat"
// kind = "internal"
// limit = 1
// [parameters.id]
// type = "id"
// help = "id of the boat"
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
// extra = "Boat.extra"
// ---
MATCH (n:Entity&Boat {case: $case, id: $id})
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
       n.review_on AS review_on,
       [k IN keys(n) WHERE k STARTS WITH 'x_' | k + ': ' + n[k]] AS extra
LIMIT $limit + 1
