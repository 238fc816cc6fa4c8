// ---
// title = "Every workplace of the case"
// why = "All of a case as files, for who is cleared for all of it: read a part at a time, in no order"
// kind = "internal"
// limit = 2000000
// [returns]
// id = "Workplace.id"
// name = "Workplace.name"
// kind = "Workplace.kind"
// sector = "Workplace.sector"
// address = "Workplace.address"
// latitude = "Workplace.latitude"
// longitude = "Workplace.longitude"
// opened_on = "Workplace.opened_on"
// opened_on_earliest = "Workplace.opened_on_earliest"
// opened_on_latest = "Workplace.opened_on_latest"
// closed_on = "Workplace.closed_on"
// closed_on_earliest = "Workplace.closed_on_earliest"
// closed_on_latest = "Workplace.closed_on_latest"
// notes = "Workplace.notes"
// handling = "Workplace.handling"
// statement_id = "Workplace.statement_id"
// review_on = "Workplace.review_on"
// review_on_earliest = "Workplace.review_on_earliest"
// review_on_latest = "Workplace.review_on_latest"
// extra = "Workplace.extra"
// ---
MATCH (n:Workplace {case: $case})
WHERE n.handling IN $handling
RETURN n.id AS id,
       n.name AS name,
       n.kind AS kind,
       n.sector AS sector,
       n.address AS address,
       n.latitude AS latitude,
       n.longitude AS longitude,
       n.opened_on AS opened_on, n.opened_on_earliest AS opened_on_earliest, n.opened_on_latest AS opened_on_latest,
       n.closed_on AS closed_on, n.closed_on_earliest AS closed_on_earliest, n.closed_on_latest AS closed_on_latest,
       n.notes AS notes,
       n.handling AS handling,
       head(COLLECT { MATCH (s:Statement {case: $case, id: n.statement_id}) WHERE s.handling IN $handling AND s.kind IN $voices
                      RETURN s.id }) AS statement_id,
       n.review_on AS review_on, n.review_on_earliest AS review_on_earliest, n.review_on_latest AS review_on_latest,
       [k IN keys(n) WHERE k STARTS WITH 'x_' | [k, toString(n[k])]] AS extra
LIMIT $limit + 1
