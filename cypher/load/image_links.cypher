// As with claims, an index finds those of the case.
MATCH (a:Entity {case: $case})-[r]->(b:Entity {case: $case}) WHERE a.id IS NOT NULL
RETURN a.id, r.relation, b.id, properties(r)
