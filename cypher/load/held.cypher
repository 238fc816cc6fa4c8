// How many of each kind a case has here, of kinds there are any of. What `n.id IS NOT NULL` says is always so; it lets an index answer.
MATCH (n:Person {case: $case}) RETURN 'Person' AS what, count(n) AS number
UNION ALL
MATCH (n:Boat {case: $case}) RETURN 'Boat' AS what, count(n) AS number
UNION ALL
MATCH (n:Entity:Crossing {case: $case}) WHERE n.id IS NOT NULL RETURN 'Crossing' AS what, count(n) AS number
UNION ALL
MATCH (n:Gang {case: $case}) RETURN 'Gang' AS what, count(n) AS number
UNION ALL
MATCH (n:Workplace {case: $case}) RETURN 'Workplace' AS what, count(n) AS number
UNION ALL
MATCH (n:Thing {case: $case}) RETURN 'Thing' AS what, count(n) AS number
UNION ALL
MATCH (n:Statement {case: $case}) WHERE n.id IS NOT NULL RETURN 'Statement' AS what, count(n) AS number
UNION ALL
MATCH (n:Source {case: $case}) WHERE n.id IS NOT NULL RETURN 'Source' AS what, count(n) AS number
UNION ALL
MATCH (n:Claim {case: $case}) WHERE n.id IS NOT NULL RETURN 'Claim' AS what, count(n) AS number
UNION ALL
MATCH (n:Claim {case: $case})-[r:STATED_IN|SUBJECT|OBJECT]->() WHERE n.id IS NOT NULL RETURN 'ends of claims' AS what, count(r) AS number
UNION ALL
MATCH (n:Statement {case: $case})-[r:GIVEN_BY]->() WHERE n.id IS NOT NULL RETURN 'given' AS what, count(r) AS number
UNION ALL
MATCH (n:Entity {case: $case})-[r]->(:Entity) WHERE n.id IS NOT NULL RETURN 'links' AS what, count(r) AS number
