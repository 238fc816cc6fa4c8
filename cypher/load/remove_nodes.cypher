UNWIND $rows AS row
MATCH (n:LABEL {case: $case, id: row.id})
DETACH DELETE n
