// Claims with the statement they stand in and the entities they are about.
UNWIND $rows AS row
MATCH (statement:Statement {case: $case, id: row.statement})
MATCH (subject:Entity {case: $case, id: row.subject})
MATCH (object:Entity {case: $case, id: row.object})
MERGE (c:Claim {case: $case, id: row.id})
SET c = row.set, c.case = $case, c.id = row.id
MERGE (c)-[i:STATED_IN]->(statement)
MERGE (c)-[a:SUBJECT]->(subject)
MERGE (c)-[b:OBJECT]->(object)
SET i.case = $case, a.case = $case, b.case = $case
