// ---
// title = "Crossings without a boat, pilot or organiser"
// why = "What is still to be found out about each crossing. What somebody denies, or what is believed less than not, is not known: lower the least belief to count more."
// kind = "table"
// limit = 2000
// [parameters.least]
// type = "float"
// help = "least belief for a part that nobody denies to count as known, 0 to 1"
// default = 0.5
// [returns]
// crossing = "Crossing.id"
// date = "Crossing.date"
// launch_site = "Crossing.launch_site"
// people = "Crossing.people_count"
// boat = "computed.flag"
// pilot = "computed.flag"
// organiser = "computed.flag"
// missing = "computed.number"
// [example]
// rows = 31
// ---
MATCH (c:Crossing {case: $case})
WHERE c.handling IN $handling
WITH c, EXISTS { MATCH (b:Boat)-[r:USED_ON]->(c) WHERE b.handling IN $handling AND r[$belief] >= $least
                      AND NOT coalesce(r[$denying] <> 0, false) } AS boat,
     EXISTS { MATCH (p:Person)-[r:PILOTED]->(c) WHERE p.handling IN $handling AND r[$belief] >= $least
                      AND NOT coalesce(r[$denying] <> 0, false) } AS pilot,
     EXISTS { MATCH (e:Entity)-[r:ORGANISED]->(c) WHERE e.handling IN $handling AND r[$belief] >= $least
                      AND NOT coalesce(r[$denying] <> 0, false) } AS organiser
WITH c, boat, pilot, organiser, size([known IN [boat, pilot, organiser] WHERE NOT known]) AS missing
WHERE missing > 0
RETURN c.id AS crossing, c.date AS date, c.launch_site AS launch_site, c.people_count AS people, boat, pilot, organiser, missing
ORDER BY missing DESC, c.date_earliest, crossing
LIMIT $limit + 1
