// ---
// title = "Whose phones someone's phones were in contact with"
// why = "Goes from a person over the phones they used to phones in contact with them, and to who used those. Contact says nothing about what was said, and a phone may have changed hands. Without source clearance calls that witnesses tell of are not counted."
// kind = "table"
// limit = 1000
// [parameters.person]
// type = "id"
// help = "id of the person"
// [returns]
// phone = "Thing.id"
// other_phone = "Thing.id"
// other_value = "Thing.value"
// person = "Person.id"
// name = "Person.name"
// calls = "computed.number"
// contact = "Link.belief"
// used = "Link.belief"
// denied = "computed.flag"
// [example]
// parameters = { person = "P0287" }
// rows = 232
// ---
MATCH (p:Entity&Person {case: $case, id: $person})-[u:USED]->(mine:Thing)-[c:CONTACTED]-(theirs:Thing)
WHERE p.handling IN $handling AND mine.handling IN $handling AND theirs.handling IN $handling
  AND u[$belief] IS NOT NULL AND c[$belief] IS NOT NULL
OPTIONAL MATCH (theirs)<-[v:USED]-(other:Person)
WHERE other.handling IN $handling AND v[$belief] IS NOT NULL AND other.id <> p.id
WITH mine, theirs, u, c, other, v, COLLECT {
       MATCH (x:Entity)<-[:SUBJECT]-(k:Claim {relation: 'CONTACTED', polarity: 'asserts', status: 'active'})-[:OBJECT]->(y:Entity)
       WHERE x = startNode(c) AND y = endNode(c) AND x.handling IN $handling AND y.handling IN $handling AND k.handling IN $handling
         AND EXISTS { MATCH (k)-[:STATED_IN]->(s:Statement) WHERE s.handling IN $handling AND s.kind IN $voices }
       RETURN sum(k.weight) } AS counted
WITH mine, theirs, other, v, sum(counted[0]) AS calls, max(c[$belief]) AS contact,
     max(size([link IN [u, c, v] WHERE link[$denying] <> 0]) > 0) AS denied
RETURN mine.id AS phone, theirs.id AS other_phone, theirs.value AS other_value, other.id AS person, other.name AS name,
       calls, contact, v[$belief] AS used, denied
ORDER BY calls DESC, phone, other_phone, person
LIMIT $limit + 1
