// ---
// title = "Claims as the analysis wants them, by statement"
// why = "Input of the ranking, in blocks: a row for each claim would take twice as long to fetch"
// kind = "internal"
// limit = 2000000
// [returns]
// statement = "Statement.id"
// source = "Source.id"
// source_kind = "Source.kind"
// unnamed = "Source.unnamed"
// told = "computed.rows"
// ---
// In no order: the server would have to hold the whole case to sort it.
// told, for each claim: id, subject, relation, object, polarity, status, source grade, assessment, on record, weight, handling, kinds of
// subject and object, amount, currency, first and last day, interest of the source
MATCH (q:Source {case: $case})<-[:GIVEN_BY]-(s:Statement)
WHERE s.handling IN $handling
RETURN s.id AS statement, q.id AS source, s.kind AS source_kind, coalesce(q.unnamed, false) AS unnamed, COLLECT {
  MATCH (s)<-[:STATED_IN]-(c:Claim)
  WHERE c.handling IN $handling
  MATCH (c)-[:SUBJECT]->(a:Entity), (c)-[:OBJECT]->(b:Entity)
  WHERE a.handling IN $handling AND b.handling IN $handling
  // Read at once: property by property the server would walk them eighteen times.
  WITH properties(c) AS c, a, b
  RETURN [c.id, a.id, c.relation, b.id, c.polarity, c.status, c.source_grade, c.assessment, c.on_record, c.weight, c.handling,
    CASE WHEN a:Person THEN 'person' WHEN a:Thing THEN 'thing' WHEN a:Crossing THEN 'crossing' WHEN a:Boat THEN 'boat' WHEN a:Gang THEN 'gang' ELSE 'workplace' END,
    CASE WHEN b:Person THEN 'person' WHEN b:Thing THEN 'thing' WHEN b:Crossing THEN 'crossing' WHEN b:Boat THEN 'boat' WHEN b:Gang THEN 'gang' ELSE 'workplace' END,
    c.amount, coalesce(c.currency, ''), coalesce(c.from_on, ''), coalesce(c.to_on, ''), coalesce(c[$interest], '')]
} AS told
LIMIT $limit + 1
