// ---
// title = "Online workplaces and who controls them"
// why = "Sites where people are made to work, with who controls and manages them and how many are said to work there, undenied. Most of those who work on such sites do so of their own accord. Without source clearance it is not told how many few are."
// kind = "table"
// limit = 500
// [parameters.least]
// type = "float"
// help = "least belief of control or management, 0 to 1"
// default = 0.25
// [returns]
// workplace = "Workplace.id"
// name = "Workplace.name"
// sector = "Workplace.sector"
// opened_on = "Workplace.opened_on"
// controllers = "Entity.id"
// controller_names = "Entity.name"
// managers = "Person.id"
// workers = "computed.count"
// from_closed = "Workplace.id"
// denied = "Entity.id"
// doubtful = "Entity.id"
// [example]
// rows = 7
// ---
MATCH (w:Workplace {case: $case, kind: 'online'})
WHERE w.handling IN $handling
WITH w, COUNT { MATCH (p:Person)-[k:WORKED_AT]->(w) WHERE p.handling IN $handling AND k[$belief] >= 0.5 AND NOT coalesce(k[$denying] <> 0, false) } AS there
WITH w, CASE WHEN 0 < there < $few THEN null ELSE there END AS workers
RETURN w.id AS workplace, w.name AS name, w.sector AS sector, w.opened_on AS opened_on,
       COLLECT { MATCH (c:Entity)-[k:CONTROLS]->(w) WHERE c.handling IN $handling AND k[$belief] >= $least
                 RETURN c.id AS id ORDER BY id } AS controllers,
       COLLECT { MATCH (c:Entity)-[k:CONTROLS]->(w) WHERE c.handling IN $handling AND k[$belief] >= $least
                 RETURN coalesce(c.name, c.id) AS name ORDER BY c.id } AS controller_names,
       COLLECT { MATCH (p:Person)-[k:MANAGED]->(w) WHERE p.handling IN $handling AND k[$belief] >= $least
                 RETURN p.id AS id ORDER BY id } AS managers,
       workers,
       COLLECT { MATCH (w)<-[k:WORKED_AT]-(p:Person)-[s:WORKED_AT]->(o:Workplace)
                 WHERE p.handling IN $handling AND o.handling IN $handling AND o.closed_on IS NOT NULL
                   AND k[$belief] >= 0.5 AND s[$belief] >= 0.5 AND NOT coalesce(k[$denying] <> 0, false) AND NOT coalesce(s[$denying] <> 0, false)
                 RETURN DISTINCT o.id AS id ORDER BY id } AS from_closed,
       COLLECT { MATCH (c:Entity)-[k:{{PARTS_IN_WORKPLACES}}]->(w) WHERE c.handling IN $handling AND k[$belief] >= $least AND k[$denying] <> 0
                 RETURN DISTINCT c.id AS id ORDER BY id } AS denied,
       COLLECT { MATCH (c:Entity)-[k:{{PARTS_IN_WORKPLACES}}]->(w) WHERE c.handling IN $handling AND k[$belief] >= $least AND k[$belief] < 0.5
                 RETURN DISTINCT c.id AS id ORDER BY id } AS doubtful
ORDER BY coalesce(workers, 0) DESC, workplace
LIMIT $limit + 1
