// Entities, statements and sources. What `n.id IS NOT NULL` says is always so; it lets an index find those of the case.
MATCH (n:Entity {case: $case}) WHERE n.id IS NOT NULL
RETURN labels(n) AS labels, n.id AS id, properties(n) AS found
UNION ALL
MATCH (n:Statement {case: $case}) WHERE n.id IS NOT NULL
RETURN labels(n) AS labels, n.id AS id, properties(n) AS found
UNION ALL
MATCH (n:Source {case: $case}) WHERE n.id IS NOT NULL
RETURN labels(n) AS labels, n.id AS id, properties(n) AS found
