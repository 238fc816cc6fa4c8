// ---
// title = "Crossings without a boat, pilot or organiser"
// why = "What is still to be found out about each crossing. What is there may rest on little: the least belief sets what counts as known."
// kind = "table"
// limit = 2000
// [parameters.least]
// type = "float"
// help = "least belief for a part to count as known, 0 to 1"
// default = 0.25
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
WITH c, EXISTS { MATCH (b:Boat)-[r:USED_ON]->(c) WHERE b.handling IN $handling AND r[$belief] >= $least } AS boat,
     EXISTS { MATCH (p:Person)-[r:PILOTED]->(c) WHERE p.handling IN $handling AND r[$belief] >= $least } AS pilot,
     EXISTS { MATCH (e:Entity)-[r:ORGANISED]->(c) WHERE e.handling IN $handling AND r[$belief] >= $least } AS organiser
WITH c, boat, pilot, organiser, size([known IN [boat, pilot, organiser] WHERE NOT known]) AS missing
WHERE missing > 0
RETURN c.id AS crossing, c.date AS date, c.launch_site AS launch_site, c.people_count AS people, boat, pilot, organiser, missing
ORDER BY missing DESC, c.date_earliest, crossing
LIMIT $limit + 1
