// ---
// title = "Who is directed by whom"
// why = "Chains of instructions of up to four steps, from one person or from everyone nobody is said to direct. A chain is no stronger than its weakest link, and nobody above its top need exist."
// kind = "table"
// limit = 1000
// [parameters.person]
// type = "id"
// help = "who gives the first instruction; empty: everyone whom nobody directs"
// default = ""
// [parameters.least]
// type = "float"
// help = "least belief of each step, 0 to 1"
// default = 0.25
// [returns]
// top = "Person.id"
// top_name = "Person.name"
// last = "Person.id"
// last_name = "Person.name"
// steps = "computed.number"
// chain = "Person.id"
// names = "Person.name"
// weakest = "Link.belief"
// denied = "computed.count"
// [example]
// parameters = { least = 0.5 }
// rows = 75
// ---
MATCH (top:Person {case: $case})
WHERE top.handling IN $handling
  AND (top.id = $person OR $person = '' AND NOT EXISTS {
    MATCH (above:Person)-[u:DIRECTED]->(top) WHERE above.handling IN $handling AND u[$belief] >= $least })
MATCH way = (top) ((a:Person)-[r:DIRECTED]->(b:Person) WHERE a.handling IN $handling AND b.handling IN $handling AND r[$belief] >= $least){1,4} (last)
WHERE size(nodes(way)) = size(COLLECT { UNWIND nodes(way) AS n RETURN DISTINCT n.id })
WITH top, last, [n IN nodes(way) | n.id] AS chain, [n IN nodes(way) | coalesce(n.name, n.id)] AS names,
     reduce(low = 1.0, step IN r | CASE WHEN step[$belief] < low THEN step[$belief] ELSE low END) AS weakest,
     size([step IN r WHERE step[$denying] <> 0]) AS denied
RETURN top.id AS top, top.name AS top_name, last.id AS last, last.name AS last_name, size(chain) - 1 AS steps, chain, names, weakest, denied
ORDER BY steps DESC, weakest DESC, chain
LIMIT $limit + 1
