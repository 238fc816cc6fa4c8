MATCH (a:Entity {case: $case})-[r]->(b:Entity {case: $case})
RETURN a.id, r.relation, b.id, properties(r)
