// ---
// title = "Crossings and people carried, day by day"
// why = "Shows where the crossings peak. People are those counted at landing; a crossing without a count adds none, so a low figure may be a gap in the records."
// kind = "table"
// limit = 4000
// [parameters.site]
// type = "text"
// help = "part of the name of the launch site; empty: everywhere"
// default = ""
// [returns]
// day = "Crossing.date_earliest"
// crossings = "computed.count"
// people = "computed.number"
// counted = "computed.count"
// sites = "Crossing.launch_site"
// [example]
// rows = 42
// ---
MATCH (c:Crossing {case: $case})
WHERE c.handling IN $handling AND ($site = '' OR toLower(c.launch_site) CONTAINS toLower($site))
WITH c ORDER BY c.launch_site, c.id
RETURN c.date_earliest AS day, count(*) AS crossings, sum(c.people_count) AS people, count(c.people_count) AS counted,
       collect(DISTINCT c.launch_site) AS sites
ORDER BY day
LIMIT $limit + 1
