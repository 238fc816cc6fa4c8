// ---
// title = "Who stands behind those seen on the boats"
// why = "People who direct, pay, recruit or supply at least some of those said to have piloted or assisted: one step back from what passengers see. It finds nobody whose orders no witness heard."
// kind = "table"
// limit = 500
// [parameters.people]
// type = "int"
// help = "behind how many of them at least"
// default = 2
// [parameters.least]
// type = "float"
// help = "least belief of every link, 0 to 1"
// default = 0.3
// [returns]
// person = "Person.id"
// name = "Person.name"
// people = "computed.count"
// who = "Person.id"
// crossings = "Crossing.id"
// relations = "Link.relation"
// weakest = "Link.belief"
// denied = "computed.count"
// [example]
// parameters = { people = 1 }
// rows = 22
// ---
MATCH (p:Person {case: $case})-[r:{{ACTS_ON_PEOPLE}}]->(a:Person)-[s:{{WORK_ON_CROSSINGS}}]->(c:Crossing)
WHERE p <> a AND p.handling IN $handling AND a.handling IN $handling AND c.handling IN $handling
  AND r[$belief] >= $least AND s[$belief] >= $least
WITH p, r, a, s, c ORDER BY a.id, c.id, r.relation
WITH p, collect(DISTINCT a.id) AS who, collect(DISTINCT c.id) AS crossings, collect(DISTINCT r.relation) AS relations,
     collect(DISTINCT r) + collect(DISTINCT s) AS links
WHERE size(who) >= $people
RETURN p.id AS person, p.name AS name, size(who) AS people, who,
       COLLECT { UNWIND crossings AS id RETURN id ORDER BY id } AS crossings,
       COLLECT { UNWIND relations AS relation RETURN relation ORDER BY relation } AS relations,
       reduce(low = 1.0, one IN links | CASE WHEN one[$belief] < low THEN one[$belief] ELSE low END) AS weakest,
       size([one IN links WHERE one[$denying] <> 0]) AS denied
ORDER BY people DESC, size(crossings) DESC, person
LIMIT $limit + 1
