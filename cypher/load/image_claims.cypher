// What `c.id IS NOT NULL` says is always so; it lets an index find those of the case among those of all cases.
MATCH (c:Claim {case: $case}) WHERE c.id IS NOT NULL
RETURN c.id, properties(c),
       head([(c)-[:STATED_IN]->(s) | s.id]), head([(c)-[:SUBJECT]->(a) | a.id]), head([(c)-[:OBJECT]->(b) | b.id])
