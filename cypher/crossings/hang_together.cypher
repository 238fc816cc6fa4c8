// ---
// title = "Crossings that hang together"
// why = "Pairs of crossings with an organiser, pilot, helper or boat in common: what may be one operation. One shared helper is thin; look at the belief of the weaker link."
// kind = "table"
// limit = 2000
// [parameters.crossing]
// type = "id"
// help = "only pairs with this crossing; empty: all"
// default = ""
// [parameters.least]
// type = "float"
// help = "least belief of both links, 0 to 1"
// default = 0.5
// [returns]
// first = "Crossing.id"
// first_date = "Crossing.date"
// second = "Crossing.id"
// second_date = "Crossing.date"
// shared = "Entity.id"
// shared_name = "Entity.name"
// kind = "Entity.kind"
// first_part = "Link.relation"
// second_part = "Link.relation"
// weaker = "Link.belief"
// denied = "computed.flag"
// [example]
// parameters = { least = 0.6 }
// rows = 150
// ---
MATCH (a:Crossing {case: $case})<-[r:{{BEHIND_CROSSINGS}}]-(e:Entity)-[s:{{BEHIND_CROSSINGS}}]->(b:Crossing)
WHERE a.id < b.id AND ($crossing = '' OR $crossing IN [a.id, b.id])
  AND a.handling IN $handling AND b.handling IN $handling AND e.handling IN $handling
  AND r[$belief] >= $least AND s[$belief] >= $least
RETURN a.id AS first, a.date AS first_date, b.id AS second, b.date AS second_date, e.id AS shared, e.name AS shared_name,
       toLower(head([l IN labels(e) WHERE l <> 'Entity'])) AS kind, r.relation AS first_part, s.relation AS second_part,
       CASE WHEN r[$belief] < s[$belief] THEN r[$belief] ELSE s[$belief] END AS weaker,
       coalesce(r[$denying] <> 0, false) OR coalesce(s[$denying] <> 0, false) AS denied
ORDER BY weaker DESC, first, second, shared, first_part, second_part
LIMIT $limit + 1
