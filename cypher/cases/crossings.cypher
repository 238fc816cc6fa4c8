// ---
// title = "Crossings of the case over time"
// why = "The time line of the case page and of the network view"
// kind = "internal"
// limit = 5000
// [returns]
// id = "Crossing.id"
// date = "Crossing.date"
// day = "Crossing.date_earliest"
// launch_site = "Crossing.launch_site"
// landing_site = "Crossing.landing_site"
// people_count = "Crossing.people_count"
// launch_lat = "Crossing.launch_lat"
// launch_lon = "Crossing.launch_lon"
// landing_lat = "Crossing.landing_lat"
// landing_lon = "Crossing.landing_lon"
// ---
MATCH (n:Crossing {case: $case})
WHERE n.handling IN $handling
RETURN n.id AS id, n.date AS date, n.date_earliest AS day, n.launch_site AS launch_site,
       n.landing_site AS landing_site, n.people_count AS people_count,
       n.launch_lat AS launch_lat, n.launch_lon AS launch_lon,
       n.landing_lat AS landing_lat, n.landing_lon AS landing_lon
ORDER BY day, id
LIMIT $limit + 1
