// ---
// title = "Nodes of the picture"
// why = "What the picture draws, and how many neighbours of each it does not show"
// kind = "internal"
// limit = 20000
// [parameters.ids]
// type = "list"
// help = "ids of the entities in the picture"
// [parameters.relations]
// type = "list"
// help = "count only neighbours by these relations; empty for all"
// default = []
// [parameters.without]
// type = "list"
// help = "and none of these"
// default = []
// [parameters.least]
// type = "float"
// help = "least belief of a link that counts"
// default = 0.0
// [parameters.recorded]
// type = "float"
// help = "least belief on the record of a link that counts"
// default = 0.0
// [parameters.grades]
// type = "list"
// help = "only links that a claim of one of these grades asserts, such as 1A; empty for all"
// default = []
// [parameters.beyond]
// type = "list"
// help = "ids of these whose neighbours that are not among them are counted; of the others there are none"
// default = []
// [returns]
// id = "Entity.id"
// kind = "Entity.kind"
// name = "Entity.name"
// sort = "Thing.kind"
// sealed = "Entity.sealed"
// handling = "Entity.handling"
// identified = "Person.identified"
// gang = "Entity.name"
// day = "Crossing.date"
// lat = "Entity.latitude"
// lon = "Entity.longitude"
// launch_site = "Crossing.launch_site"
// landing_site = "Crossing.landing_site"
// landing_lat = "Crossing.landing_lat"
// landing_lon = "Crossing.landing_lon"
// more = "computed.count"
// ---
MATCH (n:Entity {case: $case})
WHERE n.id IN $ids AND n.handling IN $handling
RETURN n.id AS id, toLower(head([l IN labels(n) WHERE l <> 'Entity'])) AS kind,
       CASE WHEN n:Crossing THEN n.date + coalesce(', ' + n.launch_site, '') ELSE coalesce(n.name, n.value) END AS name,
       CASE WHEN n:Thing THEN n.kind END AS sort, coalesce(n.sealed, false) AS sealed, n.handling AS handling, n.identified AS identified,
       CASE WHEN n:Crossing THEN n.date END AS day,
       CASE WHEN n:Crossing THEN n.launch_lat ELSE n.latitude END AS lat, CASE WHEN n:Crossing THEN n.launch_lon ELSE n.longitude END AS lon,
       n.launch_site AS launch_site, n.landing_site AS landing_site, n.landing_lat AS landing_lat, n.landing_lon AS landing_lon,
       head(COLLECT { MATCH (n)-[r:{{PARTS_IN_GANGS}}]->(g:Gang) WHERE r[$belief] IS NOT NULL AND NOT coalesce(r[$denying] <> 0, false) AND g.handling IN $handling
                      RETURN coalesce(g.name, g.id) AS gang ORDER BY r[$belief] DESC, g.id LIMIT 1 }) AS gang,
       count {
         MATCH (n)-[r:!SUBJECT&!OBJECT]-(m:Entity)
         WHERE n.id IN $beyond AND m.handling IN $handling AND r[$belief] >= $least AND ($recorded <= 0.0 OR r[$belief_on_record] >= $recorded)
           AND (size($relations) = 0 OR r.relation IN $relations) AND NOT r.relation IN $without AND NOT m.id IN $ids
           AND (size($grades) = 0 OR EXISTS {
             MATCH (n)<-[end:SUBJECT|OBJECT]-(c:Claim)-[:SUBJECT|OBJECT]->(m), (c)-[:STATED_IN]->(s:Statement)
             WHERE (startNode(r) = n) = (type(end) = 'SUBJECT') AND c.relation = r.relation AND c.polarity = 'asserts' AND c.status = 'active' AND c.handling IN $handling
               AND s.handling IN $handling AND s.kind IN $voices AND c.source_grade + c.assessment IN $grades
           })
         RETURN DISTINCT m
       } AS more
ORDER BY id
LIMIT $limit + 1
