// Entities, statements or sources of one label.
UNWIND $rows AS row
MERGE (n:LABEL {case: $case, id: row.id})
SET n = row.set, n.case = $case, n.id = row.id
