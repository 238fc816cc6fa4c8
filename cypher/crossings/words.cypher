// ---
// title = "What those who organised or piloted a crossing are called, in the words of who says so"
// why = "Which crossings hang together: the same words for somebody not yet known by name"
// kind = "internal"
// limit = 200000
// [returns]
// crossing = "Crossing.id"
// about = "Entity.id"
// words = "Claim.subject_as_said"
// statement = "Statement.id"
// statement_kind = "Statement.kind"
// source = "Source.id"
// ---
MATCH (n:Crossing {case: $case})<-[:OBJECT]-(c:Claim)-[:SUBJECT]->(a:Entity)
WHERE n.handling IN $handling AND a.handling IN $handling AND c.relation IN ['ORGANISED', 'PILOTED'] AND c.polarity = 'asserts'
  AND c.status = 'active' AND c.subject_as_said <> '' AND c.handling IN $handling
MATCH (c)-[:STATED_IN]->(s:Statement)
WHERE s.handling IN $handling AND s.kind IN $voices
RETURN n.id AS crossing, a.id AS about, c.subject_as_said AS words, s.id AS statement,
       s.kind AS statement_kind, head([(s)-[:GIVEN_BY]->(q:Source) | q.id]) AS source
ORDER BY crossing, about, words, source, statement
LIMIT $limit + 1
