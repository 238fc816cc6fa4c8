// ---
// title = "Every crossing of the case"
// why = "All of a case as files, for who is cleared for all of it: read a part at a time, in no order"
// kind = "internal"
// limit = 2000000
// [returns]
// id = "Crossing.id"
// date = "Crossing.date"
// date_earliest = "Crossing.date_earliest"
// date_latest = "Crossing.date_latest"
// launch_site = "Crossing.launch_site"
// launch_lat = "Crossing.launch_lat"
// launch_lon = "Crossing.launch_lon"
// landing_site = "Crossing.landing_site"
// landing_lat = "Crossing.landing_lat"
// landing_lon = "Crossing.landing_lon"
// people_count = "Crossing.people_count"
// intercepted_by = "Crossing.intercepted_by"
// notes = "Crossing.notes"
// handling = "Crossing.handling"
// statement_id = "Crossing.statement_id"
// review_on = "Crossing.review_on"
// review_on_earliest = "Crossing.review_on_earliest"
// review_on_latest = "Crossing.review_on_latest"
// extra = "Crossing.extra"
// ---
MATCH (n:Crossing {case: $case})
WHERE n.handling IN $handling
RETURN n.id AS id,
       n.date AS date, n.date_earliest AS date_earliest, n.date_latest AS date_latest,
       n.launch_site AS launch_site,
       n.launch_lat AS launch_lat,
       n.launch_lon AS launch_lon,
       n.landing_site AS landing_site,
       n.landing_lat AS landing_lat,
       n.landing_lon AS landing_lon,
       n.people_count AS people_count,
       n.intercepted_by AS intercepted_by,
       n.notes AS notes,
       n.handling AS handling,
       head(COLLECT { MATCH (s:Statement {case: $case, id: n.statement_id}) WHERE s.handling IN $handling AND s.kind IN $voices
                      RETURN s.id }) AS statement_id,
       n.review_on AS review_on, n.review_on_earliest AS review_on_earliest, n.review_on_latest AS review_on_latest,
       [k IN keys(n) WHERE k STARTS WITH 'x_' | [k, toString(n[k])]] AS extra
LIMIT $limit + 1
