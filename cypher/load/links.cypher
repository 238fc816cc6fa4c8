// Links of one relation, with what all claims about each add up to.
UNWIND $rows AS row
MATCH (a:Entity {case: $case, id: row.subject})
MATCH (b:Entity {case: $case, id: row.object})
MERGE (a)-[r:TYPE {relation: row.relation}]->(b)
SET r = row.set, r.case = $case, r.relation = row.relation
