// ---
// title = "Links by which crossings are compared with each other"
// why = "Which crossings hang together: parts played, boats, suppliers, parts, phones, and who did what to those who were carried"
// kind = "internal"
// limit = 2000000
// [returns]
// subject = "Entity.id"
// relation = "Link.relation"
// object = "Entity.id"
// belief = "Link.belief"
// other_sources = "Link.other_sources"
// denying = "Link.denying"
// ---
MATCH (a:Entity {case: $case})-[r:ORGANISED|PILOTED|ASSISTED|RECRUITED|TRANSPORTED|HOUSED|CROSSED_ON|USED_ON|SUPPLIED|PART_OF|USED|CONTACTED|LIVED_AT|LOCATED_AT]->(b:Entity)
WHERE a.handling IN $handling AND b.handling IN $handling AND r[$belief] >= 0.1
  // Who is sealed, and what is sealed with them, is nothing that crossings are linked by because somebody called.
  AND (r.relation <> 'CONTACTED' OR NOT (coalesce(a.sealed, false) OR coalesce(b.sealed, false)))
RETURN a.id AS subject, r.relation AS relation, b.id AS object, r[$belief] AS belief, r[$other_sources] AS other_sources,
       r[$denying] AS denying
ORDER BY subject, relation, object
LIMIT $limit + 1
