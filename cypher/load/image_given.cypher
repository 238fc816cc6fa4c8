// As with claims, an index finds those of the case.
MATCH (s:Statement {case: $case})-[:GIVEN_BY]->(q:Source) WHERE s.id IS NOT NULL
RETURN s.id, q.id
