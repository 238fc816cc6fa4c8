// ---
// title = "Everything delivered about one workplace"
// why = "The page of a workplace"
// kind = "internal"
// limit = 1
// [parameters.id]
// type = "id"
// help = "id of the workplace"
// [returns]
// id = "Workplace.id"
// name = "Workplace.name"
// kind = "Workplace.kind"
// sector = "Workplace.sector"
// address = "Workplace.address"
// latitude = "Workplace.latitude"
// longitude = "Workplace.longitude"
// opened_on = "Workplace.opened_on"
// closed_on = "Workplace.closed_on"
// notes = "Workplace.notes"
// handling = "Workplace.handling"
// statement_id = "Workplace.statement_id"
// review_on = "Workplace.review_on"
// extra = "Workplace.extra"
// ---
MATCH (n:Entity&Workplace {case: $case, id: $id})
WHERE n.handling IN $handling
RETURN n.id AS id,
       n.name AS name,
       n.kind AS kind,
       n.sector AS sector,
       n.address AS address,
       n.latitude AS latitude,
       n.longitude AS longitude,
       n.opened_on AS opened_on,
       n.closed_on AS closed_on,
       n.notes AS notes,
       n.handling AS handling,
       head(COLLECT { MATCH (s:Statement {case: $case, id: n.statement_id}) WHERE s.handling IN $handling AND s.kind IN $voices
                      RETURN s.id }) AS statement_id,
       n.review_on AS review_on,
       [k IN keys(n) WHERE k STARTS WITH 'x_' | k + ': ' + n[k]] AS extra
LIMIT $limit + 1
