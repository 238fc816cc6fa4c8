// ---
// title = "Crossings and people carried, day by day"
// why = "Shows where the crossings peak. People are those counted at landing; a crossing without a count adds none, so a low figure may be a gap in the records. A coarse date (2020-05) is a row of its own, from `day` to `until`."
// kind = "table"
// limit = 4000
// [parameters.site]
// type = "text"
// help = "part of the name of the launch site; empty: everywhere"
// default = ""
// [returns]
// day = "Crossing.date_earliest"
// until = "Crossing.date_latest"
// crossings = "computed.count"
// people = "computed.number"
// counted = "computed.count"
// sites = "Crossing.launch_site"
// [example]
// rows = 43
// ---
MATCH (c:Crossing {case: $case})
WHERE c.handling IN $handling AND ($site = '' OR toLower(c.launch_site) CONTAINS toLower($site))
WITH c ORDER BY c.launch_site, c.id
RETURN c.date_earliest AS day, c.date_latest AS until, count(*) AS crossings, sum(c.people_count) AS people, count(c.people_count) AS counted,
       collect(DISTINCT c.launch_site) AS sites
ORDER BY day, until
LIMIT $limit + 1
