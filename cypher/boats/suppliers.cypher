// ---
// title = "Who supplies boats, and for which crossings"
// why = "Suppliers serve several organisers and are seldom seen by passengers: one row for each supplier, with the boats and the crossings those were used on. It cannot tell a dealer who did not know."
// kind = "table"
// limit = 500
// [parameters.supplier]
// type = "id"
// help = "only this person or gang; empty: all"
// default = ""
// [parameters.least]
// type = "float"
// help = "least belief of the supply, that a boat was on a crossing, and of the parts of organisers, 0 to 1"
// default = 0.25
// [returns]
// supplier = "Entity.id"
// name = "Entity.name"
// kind = "Entity.kind"
// boats = "Boat.id"
// crossings = "Crossing.id"
// strongest = "Link.belief"
// organisers = "Entity.id"
// denied = "Entity.id"
// doubtful = "Entity.id"
// [example]
// rows = 8
// ---
MATCH (s:Entity {case: $case})-[r:SUPPLIED]->(b:Boat)
WHERE s.handling IN $handling AND b.handling IN $handling AND r[$belief] >= $least AND ($supplier = '' OR s.id = $supplier)
WITH s, b, r ORDER BY b.id
WITH s, collect(b) AS supplied, max(r[$belief]) AS strongest, min(r[$belief]) AS weakest,
     max(coalesce(r[$denying] <> 0, false)) AS contested
RETURN s.id AS supplier, s.name AS name, toLower(head([l IN labels(s) WHERE l <> 'Entity'])) AS kind,
       [b IN supplied | b.id] AS boats,
       COLLECT { UNWIND supplied AS b MATCH (b)-[u:USED_ON]->(c:Crossing)
                 WHERE c.handling IN $handling AND u[$belief] >= $least RETURN DISTINCT c.id AS id ORDER BY id } AS crossings,
       strongest,
       COLLECT { UNWIND supplied AS b MATCH (b)-[u:USED_ON]->(c:Crossing)<-[o:ORGANISED]-(e:Entity)
                 WHERE c.handling IN $handling AND e.handling IN $handling AND u[$belief] >= $least AND o[$belief] >= $least
                 RETURN DISTINCT e.id AS id ORDER BY id } AS organisers,
       CASE WHEN contested THEN [s.id] ELSE [] END + COLLECT {
         UNWIND supplied AS b MATCH (b)-[u:USED_ON]->(c:Crossing)
         WHERE c.handling IN $handling AND u[$belief] >= $least AND u[$denying] <> 0
         RETURN DISTINCT c.id AS id ORDER BY id } + COLLECT {
         UNWIND supplied AS b MATCH (b)-[u:USED_ON]->(c:Crossing)<-[o:ORGANISED]-(e:Entity)
         WHERE c.handling IN $handling AND e.handling IN $handling AND u[$belief] >= $least AND o[$belief] >= $least AND o[$denying] <> 0
         RETURN DISTINCT e.id AS id ORDER BY id } AS denied,
       CASE WHEN weakest < 0.5 THEN [s.id] ELSE [] END + COLLECT {
         UNWIND supplied AS b MATCH (b)-[u:USED_ON]->(c:Crossing)
         WHERE c.handling IN $handling AND u[$belief] >= $least AND u[$belief] < 0.5
         RETURN DISTINCT c.id AS id ORDER BY id } + COLLECT {
         // Also whoever is only reached by a boat of which it is doubtful, or denied, that it was there.
         UNWIND supplied AS b MATCH (b)-[u:USED_ON]->(c:Crossing)<-[o:ORGANISED]-(e:Entity)
         WHERE c.handling IN $handling AND e.handling IN $handling AND u[$belief] >= $least AND o[$belief] >= $least
           AND (o[$belief] < 0.5 OR NOT EXISTS {
             UNWIND supplied AS other MATCH (other)-[v:USED_ON]->(d:Crossing)<-[p:ORGANISED]-(e)
             WHERE d.handling IN $handling AND p[$belief] >= $least AND v[$belief] >= $least AND v[$belief] >= 0.5 AND NOT coalesce(v[$denying] <> 0, false) })
         RETURN DISTINCT e.id AS id ORDER BY id } AS doubtful
ORDER BY size(boats) DESC, supplier
LIMIT $limit + 1
