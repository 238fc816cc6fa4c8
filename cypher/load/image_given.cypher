MATCH (s:Statement {case: $case})-[:GIVEN_BY]->(q:Source)
RETURN s.id, q.id
