// ---
// title = "Who says the steps of some ways"
// why = "The statements behind each link of a way, and what denies it"
// kind = "internal"
// limit = 5000
// [parameters.subjects]
// type = "list"
// help = "ids of the subjects of the links"
// [parameters.relations]
// type = "list"
// help = "their relations, in the same order"
// [parameters.objects]
// type = "list"
// help = "ids of their objects, in the same order"
// [returns]
// subject = "Entity.id"
// relation = "Claim.relation"
// object = "Entity.id"
// polarity = "Claim.polarity"
// status = "Claim.status"
// statement = "Statement.id"
// statement_kind = "Statement.kind"
// taken_on = "Statement.taken_on"
// groups = "Link.groups"
// denied = "Link.denying"
// ---
UNWIND range(0, size($subjects) - 1) AS place
MATCH (a:Entity {case: $case, id: $subjects[place]}), (b:Entity {case: $case, id: $objects[place]})
WHERE a.handling IN $handling AND b.handling IN $handling
// From the end of which less is said: of somebody busy there are claims by the ten thousand.
CALL (a, b, place) {
  WITH a, b, place WHERE count { (a)<-[:SUBJECT]-() } <= count { (b)<-[:OBJECT]-() }
  MATCH (a)<-[:SUBJECT]-(c:Claim)
  WHERE c.relation = $relations[place] AND c.handling IN $handling
  WITH DISTINCT c, b
  MATCH (c)-[:OBJECT]->(b)
  RETURN c
  UNION ALL
  WITH a, b, place WHERE count { (a)<-[:SUBJECT]-() } > count { (b)<-[:OBJECT]-() }
  MATCH (b)<-[:OBJECT]-(c:Claim)
  WHERE c.relation = $relations[place] AND c.handling IN $handling
  WITH DISTINCT c, a
  MATCH (c)-[:SUBJECT]->(a)
  RETURN c
}
WITH a, b, c WHERE c.status = 'active' AND c.polarity IN ['asserts', 'denies']
MATCH (c)-[:STATED_IN]->(s:Statement)
WHERE s.handling IN $handling
// Where a kind of statement is not shown one by one, its claims are one row for each link and polarity.
WITH DISTINCT a, b, {relation: c.relation, polarity: c.polarity, status: c.status} AS c,
     CASE WHEN s.kind IN $voices THEN s {.id, .kind, .taken_on} ELSE {kind: s.kind} END AS s
OPTIONAL MATCH (a)-[r]->(b)
WHERE r.relation = c.relation AND r[$belief] IS NOT NULL
RETURN a.id AS subject, c.relation AS relation, b.id AS object, c.polarity AS polarity, c.status AS status,
       s.id AS statement, s.kind AS statement_kind, s.taken_on AS taken_on,
       CASE WHEN s.id IS NULL AND c.polarity = 'asserts'
         THEN r[$groups] END AS groups, r[$denying] AS denied
ORDER BY subject, relation, object, polarity, statement_kind, statement
LIMIT $limit + 1
