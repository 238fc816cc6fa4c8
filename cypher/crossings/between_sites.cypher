// ---
// title = "From where to where crossings went"
// why = "Shows which ways are used, since when and until when. A crossing whose site nobody told stands under an empty one; people are those counted at landing, so a low figure may be a gap in the records. A coarse date (2020-05) counts from its first day to its last."
// kind = "table"
// limit = 1000
// [returns]
// launch_site = "Crossing.launch_site"
// landing_site = "Crossing.landing_site"
// crossings = "computed.count"
// people = "computed.number"
// counted = "computed.count"
// first = "Crossing.date_earliest"
// last = "Crossing.date_latest"
// [example]
// rows = 47
// ---
MATCH (c:Crossing {case: $case})
WHERE c.handling IN $handling
RETURN c.launch_site AS launch_site, c.landing_site AS landing_site, count(*) AS crossings, sum(c.people_count) AS people,
       count(c.people_count) AS counted, min(c.date_earliest) AS first, max(c.date_latest) AS last
ORDER BY crossings DESC, launch_site, landing_site
LIMIT $limit + 1
