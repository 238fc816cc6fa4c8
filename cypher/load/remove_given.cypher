UNWIND $rows AS row
MATCH (:Statement {case: $case, id: row.id})-[g:GIVEN_BY]->(:Source)
DELETE g
