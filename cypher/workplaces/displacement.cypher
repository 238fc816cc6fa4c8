// ---
// title = "Where people went after a workplace closed"
// why = "People who worked at a place that closed (of a dwelling: lived there) and are said to be at another from then on, with who controls each. They may have left of their own will; undated links, or doubted, do not count. Without source clearance who and how many few are is not told."
// kind = "table"
// limit = 1000
// [parameters.workplace]
// type = "id"
// help = "only from this workplace; empty: every one that closed"
// default = ""
// [parameters.before]
// type = "int"
// help = "days before the closing from which a new place counts, by any day that its date can mean"
// default = 28
// [parameters.least]
// type = "float"
// help = "least belief of control, 0 to 1"
// default = 0.25
// [returns]
// closed = "Workplace.id"
// closed_name = "Workplace.name"
// closed_on = "Workplace.closed_on"
// controllers = "Entity.id"
// next = "Workplace.id"
// next_name = "Workplace.name"
// next_kind = "Workplace.kind"
// next_controllers = "Entity.id"
// people = "computed.count"
// who = "Person.id"
// earliest = "Link.first_on"
// denied = "Entity.id"
// doubtful = "Entity.id"
// [example]
// rows = 25
// ---
MATCH (w:Workplace {case: $case})<-[r:{{STAYS_AT_WORKPLACES}}]-(p:Person)-[s:{{STAYS_AT_WORKPLACES}}]->(n:Workplace)
WHERE w.closed_on IS NOT NULL AND n <> w AND ($workplace = '' OR w.id = $workplace)
  AND w.handling IN $handling AND p.handling IN $handling AND n.handling IN $handling
  AND r.relation = CASE w.kind WHEN 'dwelling' THEN 'LIVED_AT' ELSE 'WORKED_AT' END AND s.relation = r.relation
  AND r[$belief] >= 0.5 AND s[$belief] >= 0.5
  // "~" sorts behind "-": of a month its last day counts.
  AND size(s[$first_on]) > size('2020') AND s[$first_on] + '~' >= toString(w.closed_on_earliest - duration({days: $before}))
  AND NOT coalesce(r[$first_on], '') > s[$first_on] + '~'
WITH w, n, p, s, any(one IN [r, s] WHERE coalesce(one[$denying] <> 0, false)) AS contested ORDER BY p.id
WITH w, n, collect(p.id) AS who, min(s[$first_on]) AS earliest, collect(CASE WHEN contested THEN p.id END) AS disputed
WITH w, n, who, earliest, disputed, size(who) < $few AS few
// Of few, who is contested is not told: then somebody uncontested has to be among them.
WHERE NOT few OR size(disputed) < size(who)
WITH w, n, who, earliest, disputed, few,
     COLLECT { UNWIND [w, n] AS x MATCH (c:Entity)-[k:CONTROLS]->(x) WHERE c.handling IN $handling AND k[$belief] >= $least
                 AND k[$denying] <> 0 RETURN DISTINCT c.id AS id ORDER BY id } AS contested
RETURN w.id AS closed, w.name AS closed_name, w.closed_on AS closed_on,
       COLLECT { MATCH (c:Entity)-[k:CONTROLS]->(w) WHERE c.handling IN $handling AND k[$belief] >= $least
                 RETURN c.id AS id ORDER BY id } AS controllers,
       n.id AS next, n.name AS next_name, n.kind AS next_kind,
       COLLECT { MATCH (c:Entity)-[k:CONTROLS]->(n) WHERE c.handling IN $handling AND k[$belief] >= $least
                 RETURN c.id AS id ORDER BY id } AS next_controllers,
       CASE WHEN few THEN null ELSE size(who) END AS people, CASE WHEN few THEN [] ELSE who END AS who,
       CASE WHEN few THEN null ELSE earliest END AS earliest,
       contested + CASE WHEN few THEN [] ELSE [x IN disputed WHERE NOT x IN contested] END AS denied,
       COLLECT { UNWIND [w, n] AS x MATCH (c:Entity)-[k:CONTROLS]->(x) WHERE c.handling IN $handling AND k[$belief] >= $least AND k[$belief] < 0.5
                 RETURN DISTINCT c.id AS id ORDER BY id } AS doubtful
ORDER BY coalesce(people, 0) DESC, closed, next
LIMIT $limit + 1
