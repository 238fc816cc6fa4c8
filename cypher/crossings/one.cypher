// ---
// title = "Everything delivered about one crossing"
// why = "The page of a crossing"
// kind = "internal"
// limit = 1
// [parameters.id]
// type = "id"
// help = "id of the crossing"
// [returns]
// id = "Crossing.id"
// date = "Crossing.date"
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
// extra = "Crossing.extra"
// ---
MATCH (n:Entity&Crossing {case: $case, id: $id})
WHERE n.handling IN $handling
RETURN n.id AS id,
       n.date AS date,
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
       n.review_on AS review_on,
       [k IN keys(n) WHERE k STARTS WITH 'x_' | k + ': ' + n[k]] AS extra
LIMIT $limit + 1
