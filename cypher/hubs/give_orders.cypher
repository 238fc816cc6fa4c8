// ---
// title = "Who gives orders and money, and takes none"
// why = "People who direct, pay, recruit, supply or run, set against what they take of it: direction first, because the one who takes no orders is nearer the top. It rests on what witnesses could see."
// kind = "table"
// limit = 500
// [parameters.orders]
// type = "int"
// help = "how many orders, payments or recruitments given at least"
// default = 3
// [parameters.most]
// type = "int"
// help = "how many orders, payments or recruitments received at most"
// default = 0
// [parameters.least]
// type = "float"
// help = "least belief of each link, 0 to 1"
// default = 0.5
// [returns]
// person = "Person.id"
// name = "Person.name"
// given = "computed.count"
// taken = "computed.count"
// relations = "Link.relation"
// strongest = "Link.belief"
// on_record = "Link.belief_on_record"
// weakest = "Link.belief"
// denied = "computed.count"
// [example]
// parameters = { least = 0.8 }
// rows = 16
// ---
MATCH (p:Person {case: $case})-[r:{{ORDERS_OR_PAYS|ARRANGES}}]->(b:Entity)
WHERE p.handling IN $handling AND b.handling IN $handling AND r[$belief] >= $least
WITH p, r ORDER BY r.relation
WITH p, count(r) AS given, collect(DISTINCT r.relation) AS relations, max(r[$belief]) AS strongest, max(r[$belief_on_record]) AS on_record,
     min(r[$belief]) AS weakest, sum(CASE WHEN r[$denying] <> 0 THEN 1 ELSE 0 END) AS denied
WITH p, given, relations, strongest, on_record, weakest, denied, COLLECT {
  MATCH (p)<-[t:{{ORDERS_OR_PAYS}}]-(a:Entity) WHERE a.handling IN $handling AND t[$belief] >= $least
  RETURN t[$denying] <> 0 AS is_denied } AS taken
WHERE given >= $orders AND size(taken) <= $most
RETURN p.id AS person, p.name AS name, given, size(taken) AS taken, relations, strongest, on_record, weakest,
       denied + size([one IN taken WHERE one]) AS denied
ORDER BY given DESC, taken, strongest DESC, person
LIMIT $limit + 1
