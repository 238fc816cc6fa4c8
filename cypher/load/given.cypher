// Which source gave a statement.
UNWIND $rows AS row
MATCH (s:Statement {case: $case, id: row.id})
MATCH (q:Source {case: $case, id: row.source})
MERGE (s)-[g:GIVEN_BY]->(q)
SET g.case = $case
