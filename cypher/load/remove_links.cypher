UNWIND $rows AS row
MATCH (:Entity {case: $case, id: row.subject})-[r {relation: row.relation}]->(:Entity {case: $case, id: row.object})
DELETE r
