// Entities, statements or sources of one label. LABEL is what their key is found by: `Entity` for all kinds of entity.
UNWIND $rows AS row
MERGE (n:LABEL {case: $case, id: row.id})
SET n:$($label)
SET n = row.set, n.case = $case, n.id = row.id
