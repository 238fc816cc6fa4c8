// ---
// title = "Who links two gangs"
// why = "People tied to people of two different gangs, other than by being carried, working, living or serving lawfully. Brokers are seldom members and seldom arrested; a phone dealer may look like one."
// kind = "table"
// limit = 500
// [parameters.first]
// type = "id"
// help = "id of one gang; empty: any"
// default = ""
// [parameters.second]
// type = "id"
// help = "id of the other gang; empty: any"
// default = ""
// [parameters.least]
// type = "float"
// help = "least belief of every link, 0 to 1"
// default = 0.5
// [returns]
// person = "Person.id"
// name = "Person.name"
// first = "Gang.id"
// first_name = "Gang.name"
// second = "Gang.id"
// second_name = "Gang.name"
// first_contacts = "Person.id"
// second_contacts = "Person.id"
// relations = "Link.relation"
// weakest = "Link.belief"
// denied = "computed.count"
// [example]
// parameters = { least = 0.5 }
// rows = 10
// ---
MATCH (g:Gang {case: $case})<-[m:{{PARTS_IN_GANGS}}]-(q:Person)-[r:{{DEALINGS}}]-(p:Person)
WHERE g.handling IN $handling AND q.handling IN $handling AND p.handling IN $handling
  AND m[$belief] >= $least AND r[$belief] >= $least
WITH p, g, q, m, r ORDER BY q.id, r.relation
WITH p, g, collect(DISTINCT q.id) AS contacts, collect(DISTINCT r.relation) AS said,
     collect(DISTINCT m) + collect(DISTINCT r) AS links ORDER BY g.id
WITH p, collect({gang: g, contacts: contacts, said: said, links: links}) AS sides
WHERE size(sides) > 1
UNWIND sides AS a
UNWIND sides AS b
WITH p, a, b, a.gang AS x, b.gang AS y
WHERE x.id < y.id AND ($first = '' OR $first IN [x.id, y.id]) AND ($second = '' OR $second IN [x.id, y.id])
RETURN p.id AS person, p.name AS name, x.id AS first, x.name AS first_name, y.id AS second, y.name AS second_name,
       a.contacts AS first_contacts, b.contacts AS second_contacts,
       COLLECT { UNWIND a.said + b.said AS relation RETURN DISTINCT relation ORDER BY relation } AS relations,
       reduce(low = 1.0, one IN a.links + b.links | CASE WHEN one[$belief] < low THEN one[$belief] ELSE low END) AS weakest,
       size([one IN a.links + b.links WHERE one[$denying] <> 0]) AS denied
ORDER BY size(first_contacts) + size(second_contacts) DESC, person, first, second
LIMIT $limit + 1
