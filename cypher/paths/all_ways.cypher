// ---
// title = "All ways up to a length between two"
// why = "Every way of at most so many steps that passes nobody twice, not going over being carried, working, living or lawful service. Long ways join anyone to anyone: keep the length low."
// kind = "table"
// limit = 1000
// [parameters.first]
// type = "id"
// help = "id of one person (or other entity)"
// [parameters.second]
// type = "id"
// help = "id of the other"
// [parameters.steps]
// type = "int"
// help = "longest way, 1 to 4 steps"
// default = 3
// [parameters.without]
// type = "list"
// help = "relations not to go over"
// default = ["{{AMONG_STRANGERS}}"]
// [parameters.least]
// type = "float"
// help = "least belief of each step, 0 to 1"
// default = 0.3
// [returns]
// steps = "computed.number"
// weakest = "Link.belief"
// way = "Entity.id"
// names = "Entity.name"
// relations = "Link.relation"
// forward = "computed.flag"
// denied = "computed.count"
// [example]
// parameters = { first = "G0001", second = "P0397" }
// rows = 1
// ---
MATCH (a:Entity {case: $case, id: $first}), (b:Entity {case: $case, id: $second})
WHERE a <> b AND a.handling IN $handling AND b.handling IN $handling
MATCH p = (a) ((x:Entity)-[r]-(y:Entity) WHERE x.handling IN $handling AND y.handling IN $handling
  AND r[$belief] >= $least AND NOT r.relation IN $without){1,4} (b)
WHERE size(r) <= $steps AND all(n IN nodes(p) WHERE single(m IN nodes(p) WHERE m = n))
WITH [n IN nodes(p) | n.id] AS way,
     [n IN nodes(p) | CASE WHEN n:Crossing THEN n.date + coalesce(', ' + n.launch_site, '') ELSE coalesce(n.name, n.value, n.id) END] AS names,
     [one IN r | one.relation] AS relations, [i IN range(0, size(r) - 1) | startNode(r[i]) = x[i]] AS forward,
     reduce(low = 1.0, one IN r | CASE WHEN one[$belief] < low THEN one[$belief] ELSE low END) AS weakest,
     size([step IN r WHERE step[$denying] <> 0]) AS denied
RETURN size(relations) AS steps, weakest, way, names, relations, forward, denied
ORDER BY steps, weakest DESC, way, relations, forward
LIMIT $limit + 1
