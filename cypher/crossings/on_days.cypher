// ---
// title = "Crossings on a range of days, with who is known behind each"
// why = "Reads a busy spell day by day: which crossings have a known organiser or pilot and which have none yet. A coarse date (2020-05) counts on each day it may be: `certain` says whether it lies within these days. Whose part is denied, or believed by less than half, stands in columns of their own."
// kind = "table"
// limit = 2000
// [parameters.first]
// type = "date"
// help = "first day"
// default = ""
// [parameters.last]
// type = "date"
// help = "last day; empty: no end"
// default = ""
// [parameters.least]
// type = "float"
// help = "least belief of a part played, 0 to 1"
// default = 0.25
// [returns]
// crossing = "Crossing.id"
// date = "Crossing.date"
// certain = "computed.flag"
// launch_site = "Crossing.launch_site"
// people = "Crossing.people_count"
// boats = "Boat.id"
// organisers = "Entity.id"
// pilots = "Person.id"
// helpers = "Person.id"
// denied = "Entity.id"
// doubtful = "Entity.id"
// [example]
// parameters = { first = "2020-05-07", last = "2020-05-09" }
// rows = 13
// ---
MATCH (c:Crossing {case: $case})
WHERE c.handling IN $handling AND toString(c.date_latest) >= left($first, 10)
  AND ($last = '' OR left(toString(c.date_earliest), size($last)) <= $last AND left($first, size($last)) <= $last)
RETURN c.id AS crossing, c.date AS date,
       toString(c.date_earliest) >= left($first, 10) AND ($last = '' OR left(toString(c.date_latest), size($last)) <= $last) AS certain,
       c.launch_site AS launch_site, c.people_count AS people,
       COLLECT { MATCH (b:Boat)-[r:USED_ON]->(c) WHERE b.handling IN $handling AND r[$belief] >= $least
                 RETURN b.id AS id ORDER BY id } AS boats,
       COLLECT { MATCH (a:Entity)-[r:ORGANISED]->(c) WHERE a.handling IN $handling AND r[$belief] >= $least
                 RETURN a.id AS id ORDER BY id } AS organisers,
       COLLECT { MATCH (p:Person)-[r:PILOTED]->(c) WHERE p.handling IN $handling AND r[$belief] >= $least
                 RETURN p.id AS id ORDER BY id } AS pilots,
       COLLECT { MATCH (p:Person)-[r:ASSISTED]->(c) WHERE p.handling IN $handling AND r[$belief] >= $least
                 RETURN p.id AS id ORDER BY id } AS helpers,
       COLLECT { MATCH (a:Entity)-[r:{{PARTS_IN_CROSSINGS}}|USED_ON]->(c)
                 WHERE a.handling IN $handling AND r[$belief] >= $least AND r[$denying] <> 0
                 RETURN DISTINCT a.id AS id ORDER BY id } AS denied,
       COLLECT { MATCH (a:Entity)-[r:{{PARTS_IN_CROSSINGS}}]->(c)
                 WHERE a.handling IN $handling AND r[$belief] >= $least AND r[$belief] < 0.5
                 RETURN DISTINCT a.id AS id ORDER BY id } AS doubtful
ORDER BY certain DESC, c.date_earliest, date, crossing
LIMIT $limit + 1
