UNWIND $rows AS row
// Both ends by their keys, whatever a server counts by when it plans: from one end it would go through all its links for each row.
MATCH (a:Entity {case: $case, id: row.subject}) USING INDEX SEEK a:Entity(case, id)
MATCH (b:Entity {case: $case, id: row.object}) USING INDEX SEEK b:Entity(case, id)
MATCH (a)-[r {relation: row.relation}]->(b)
DELETE r
