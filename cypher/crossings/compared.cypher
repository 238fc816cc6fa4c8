// ---
// title = "Crossings as they are compared with each other"
// why = "Which crossings hang together: where and when each was"
// kind = "internal"
// limit = 20000
// [returns]
// id = "Crossing.id"
// date = "Crossing.date"
// day = "Crossing.date_earliest"
// launch_site = "Crossing.launch_site"
// launch_lat = "Crossing.launch_lat"
// launch_lon = "Crossing.launch_lon"
// landing_site = "Crossing.landing_site"
// landing_lat = "Crossing.landing_lat"
// landing_lon = "Crossing.landing_lon"
// ---
MATCH (n:Crossing {case: $case})
WHERE n.handling IN $handling
RETURN n.id AS id, n.date AS date, n.date_earliest AS day, n.launch_site AS launch_site, n.launch_lat AS launch_lat,
       n.launch_lon AS launch_lon, n.landing_site AS landing_site, n.landing_lat AS landing_lat, n.landing_lon AS landing_lon
ORDER BY day, id
LIMIT $limit + 1
