// Links of any relation, with what all claims about each add up to: one text where a small case would have one planned for each relation.
// Both ends by their keys. What goes one step from the one to the other is said as a way of one step: of a plain pattern a server that
// holds no link yet plans to go through all links there are, for each row.
UNWIND $rows AS row
MATCH (a:Entity {case: $case, id: row.subject}) USING INDEX SEEK a:Entity(case, id)
MATCH (b:Entity {case: $case, id: row.object}) USING INDEX SEEK b:Entity(case, id)
WITH row, a, b, [(a)-[way*1..1]->(b) WHERE way[0].relation = row.relation | way[0]] AS there
FOREACH (r IN there | SET r = row.set, r.case = $case, r.relation = row.relation)
FOREACH (missing IN CASE WHEN size(there) = 0 THEN [row] ELSE [] END |
  CREATE (a)-[r:$(row.type)]->(b) SET r = row.set, r.case = $case, r.relation = row.relation)
