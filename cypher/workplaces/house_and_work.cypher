// ---
// title = "One hand over house and work"
// why = "Someone who controls or manages both where people lived and where they worked: a risk sign for them. Tied housing is also lawful and common on farms and sites. A mark is of any link of the row: of one who controls and lives there, of either. How many few are is told with source clearance alone."
// kind = "table"
// limit = 500
// [parameters.least]
// type = "float"
// help = "least belief of control or management, 0 to 1"
// default = 0.25
// [returns]
// controller = "Entity.id"
// name = "Entity.name"
// dwelling = "Workplace.id"
// dwelling_name = "Workplace.name"
// workplace = "Workplace.id"
// workplace_name = "Workplace.name"
// people = "computed.count"
// who = "Person.id"
// weakest = "Link.belief"
// denied = "Entity.id"
// doubtful = "Entity.id"
// [example]
// rows = 3
// ---
// What adds few people up is hidden as it is in displacement.cypher, though each of their links is told by itself.
MATCH (d:Workplace {case: $case})<-[h:LIVED_AT]-(p:Person)-[j:WORKED_AT]->(w:Workplace)
WHERE d <> w AND d.handling IN $handling AND p.handling IN $handling AND w.handling IN $handling
  AND h[$belief] IS NOT NULL AND j[$belief] IS NOT NULL
MATCH (d)<-[k:{{PARTS_IN_WORKPLACES}}]-(c:Entity)-[m:{{PARTS_IN_WORKPLACES}}]->(w)
WHERE c.handling IN $handling AND k[$belief] >= $least AND m[$belief] >= $least
WITH c, d, w, p, h, j, reduce(low = 1.0, one IN [k, m] | CASE WHEN one[$belief] < low THEN one[$belief] ELSE low END) AS weaker,
     any(one IN [k, m] WHERE coalesce(one[$denying] <> 0, false)) AS contested ORDER BY p.id
WITH c, d, w, collect(DISTINCT p.id) AS who, max(weaker) AS weakest, max(contested) AS contested,
     collect(DISTINCT CASE WHEN any(one IN [h, j] WHERE coalesce(one[$denying] <> 0, false)) THEN p.id END) AS disputed,
     collect(DISTINCT CASE WHEN h[$belief] < 0.5 OR j[$belief] < 0.5 THEN p.id END) AS doubted
WITH c, d, w, weakest, contested, size(who) < $few AS few, who, disputed, doubted
WITH c, d, w, weakest, contested, CASE WHEN few THEN null ELSE size(who) END AS people, CASE WHEN few THEN [] ELSE who END AS who,
     CASE WHEN few THEN [] ELSE disputed END AS disputed, CASE WHEN few THEN [] ELSE doubted END AS doubted
RETURN c.id AS controller, c.name AS name, d.id AS dwelling, d.name AS dwelling_name, w.id AS workplace, w.name AS workplace_name,
       people, who, weakest,
       CASE WHEN contested THEN [c.id] ELSE [] END + [x IN disputed WHERE NOT (contested AND x = c.id)] AS denied,
       CASE WHEN weakest < 0.5 THEN [c.id] ELSE [] END + [x IN doubted WHERE NOT (weakest < 0.5 AND x = c.id)] AS doubtful
ORDER BY coalesce(people, 0) DESC, controller, dwelling, workplace
LIMIT $limit + 1
