// ---
// title = "Open places under the hand that controlled one that closed"
// why = "Where people of a closed workplace may be: every place nobody says was closed, controlled by who controlled the closed one. Places to visit, never people to use; that a place was closed may not have been told."
// kind = "table"
// limit = 1000
// [parameters.workplace]
// type = "id"
// help = "id of the workplace that closed; empty: every one that did"
// default = ""
// [parameters.least]
// type = "float"
// help = "least belief of control at both ends, 0 to 1"
// default = 0.25
// [returns]
// closed = "Workplace.id"
// closed_name = "Workplace.name"
// closed_on = "Workplace.closed_on"
// controller = "Entity.id"
// name = "Entity.name"
// next = "Workplace.id"
// next_name = "Workplace.name"
// next_kind = "Workplace.kind"
// weakest = "Link.belief"
// denied = "computed.flag"
// [example]
// rows = 2
// ---
MATCH (w:Workplace {case: $case})<-[k:CONTROLS]-(c:Entity)-[m:CONTROLS]->(n:Workplace)
WHERE w.closed_on IS NOT NULL AND n.closed_on IS NULL AND ($workplace = '' OR w.id = $workplace)
  AND w.handling IN $handling AND c.handling IN $handling AND n.handling IN $handling AND k[$belief] >= $least AND m[$belief] >= $least
RETURN w.id AS closed, w.name AS closed_name, w.closed_on AS closed_on, c.id AS controller, c.name AS name,
       n.id AS next, n.name AS next_name, n.kind AS next_kind,
       CASE WHEN k[$belief] < m[$belief] THEN k[$belief] ELSE m[$belief] END AS weakest,
       coalesce(k[$denying] <> 0, false) OR coalesce(m[$denying] <> 0, false) AS denied
ORDER BY w.closed_on_earliest, closed, weakest DESC, controller, next
LIMIT $limit + 1
