UNWIND $rows AS row
MATCH (c:Claim {case: $case, id: row.id})
DETACH DELETE c
