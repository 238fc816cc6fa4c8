// ---
// title = "How many links one entity has"
// why = "Its page holds the best supported of each relation and says how many there are"
// kind = "internal"
// limit = 1000
// [parameters.id]
// type = "id"
// help = "id of the entity"
// [parameters.relation]
// type = "text"
// help = "only links of this relation; empty for all"
// default = ""
// [returns]
// relation = "Link.relation"
// links = "computed.count"
// denied = "computed.count"
// ---
MATCH (n:Entity {case: $case, id: $id})-[r]-(m:Entity)
WHERE n.handling IN $handling AND m.handling IN $handling AND r[$belief] IS NOT NULL AND ($relation = '' OR r.relation = $relation)
WITH DISTINCT r
RETURN r.relation AS relation, count(*) AS links, count(CASE WHEN r[$denying] <> 0 THEN 1 END) AS denied
ORDER BY relation
LIMIT $limit + 1
