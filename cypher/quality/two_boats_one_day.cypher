// ---
// title = "People placed on two crossings on one day"
// why = "Someone carried, piloting or assisting on two crossings of one day: one of the two is wrong, or two people share a name. A pilot who is fetched back can make two trips in a day, rarely."
// kind = "table"
// limit = 1000
// [returns]
// person = "Person.id"
// name = "Person.name"
// day = "Crossing.date_earliest"
// first = "Crossing.id"
// first_relation = "Link.relation"
// first_belief = "Link.belief"
// second = "Crossing.id"
// second_relation = "Link.relation"
// second_belief = "Link.belief"
// denied = "computed.flag"
// [example]
// rows = 1
// ---
MATCH (c:Crossing)<-[r:{{ABOARD}}]-(p:Person {case: $case})-[s:{{ABOARD}}]->(d:Crossing)
WHERE c.id < d.id AND c.date_earliest = d.date_earliest AND c.date_earliest = c.date_latest AND d.date_earliest = d.date_latest
  AND c.handling IN $handling AND p.handling IN $handling AND d.handling IN $handling
  AND r[$belief] IS NOT NULL AND s[$belief] IS NOT NULL
RETURN p.id AS person, p.name AS name, c.date_earliest AS day, c.id AS first, r.relation AS first_relation, r[$belief] AS first_belief,
       d.id AS second, s.relation AS second_relation, s[$belief] AS second_belief,
       coalesce(r[$denying] <> 0, false) OR coalesce(s[$denying] <> 0, false) AS denied
ORDER BY day, person, first, second, first_relation, second_relation
LIMIT $limit + 1
