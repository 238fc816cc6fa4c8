MATCH (c:Claim {case: $case})
RETURN c.id, properties(c),
       head([(c)-[:STATED_IN]->(s) | s.id]), head([(c)-[:SUBJECT]->(a) | a.id]), head([(c)-[:OBJECT]->(b) | b.id])
