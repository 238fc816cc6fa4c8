// ---
// title = "Workplaces that closed, and who controlled them"
// why = "Workplaces that closed in a span, who controls or manages each, how many worked there (of a dwelling: lived) and how many elsewhere since. A coarse date counts wherever it may be: `certain` says whether it lies within. No sighting is not safety. How many few are is told with source clearance alone."
// kind = "table"
// limit = 500
// [parameters.first]
// type = "date"
// help = "closed on this day or later"
// default = ""
// [parameters.last]
// type = "date"
// help = "closed on this day or earlier; empty: no end"
// default = ""
// [parameters.least]
// type = "float"
// help = "least belief of control or management, 0 to 1"
// default = 0.25
// [returns]
// workplace = "Workplace.id"
// name = "Workplace.name"
// kind = "Workplace.kind"
// sector = "Workplace.sector"
// closed_on = "Workplace.closed_on"
// certain = "computed.flag"
// controllers = "Entity.id"
// managers = "Person.id"
// workers = "computed.count"
// seen_since = "computed.count"
// denied = "Entity.id"
// doubtful = "Entity.id"
// [example]
// parameters = { first = "2020-03", last = "2020-05" }
// rows = 15
// ---
// Each of these links is told by itself; how many of them few are is not, nor on the page of the closures, which this must not tell:
// neither a number of few, nor one that leaves few of the other.
MATCH (w:Workplace {case: $case})
WHERE w.handling IN $handling AND w.closed_on IS NOT NULL AND toString(w.closed_on_latest) >= left($first, 10)
  AND ($last = '' OR left(toString(w.closed_on_earliest), size($last)) <= $last AND left($first, size($last)) <= $last)
WITH w, CASE w.kind WHEN 'dwelling' THEN 'LIVED_AT' ELSE 'WORKED_AT' END AS stay
WITH w,
     COUNT { MATCH (p:Person)-[k:{{STAYS_AT_WORKPLACES}}]->(w) WHERE k.relation = stay AND p.handling IN $handling AND k[$belief] >= 0.5 } AS there,
     COUNT { MATCH (p:Person)-[k:{{STAYS_AT_WORKPLACES}}]->(w) WHERE k.relation = stay AND p.handling IN $handling AND k[$belief] >= 0.5
             MATCH (p)-[s:{{STAYS_AT_WORKPLACES}}]->(n:Workplace)
             WHERE s.relation = stay AND n.handling IN $handling AND n <> w AND s[$belief] >= 0.5 AND s[$last_on] >= toString(w.closed_on_latest)
             RETURN DISTINCT p } AS since
RETURN w.id AS workplace, w.name AS name, w.kind AS kind, w.sector AS sector, w.closed_on AS closed_on,
       toString(w.closed_on_earliest) >= left($first, 10) AND ($last = '' OR left(toString(w.closed_on_latest), size($last)) <= $last)
         AS certain,
       COLLECT { MATCH (c:Entity)-[k:CONTROLS]->(w) WHERE c.handling IN $handling AND k[$belief] >= $least
                 RETURN c.id AS id ORDER BY id } AS controllers,
       COLLECT { MATCH (p:Person)-[k:MANAGED]->(w) WHERE p.handling IN $handling AND k[$belief] >= $least
                 RETURN p.id AS id ORDER BY id } AS managers,
       CASE WHEN 0 < there < $few THEN null ELSE there END AS workers,
       CASE WHEN 0 < since < $few OR 0 < there - since < $few THEN null ELSE since END AS seen_since,
       COLLECT { MATCH (c:Entity)-[k:{{PARTS_IN_WORKPLACES}}]->(w) WHERE c.handling IN $handling AND k[$belief] >= $least AND k[$denying] <> 0
                 RETURN DISTINCT c.id AS id ORDER BY id } AS denied,
       COLLECT { MATCH (c:Entity)-[k:{{PARTS_IN_WORKPLACES}}]->(w) WHERE c.handling IN $handling AND k[$belief] >= $least AND k[$belief] < 0.5
                 RETURN DISTINCT c.id AS id ORDER BY id } AS doubtful
ORDER BY certain DESC, w.closed_on_earliest, workplace
LIMIT $limit + 1
