// ---
// title = "What two have in common"
// why = "Everyone and everything tied to both, and how. Those in the same boat or house share much and need not know each other; leave out presence to see what is left."
// kind = "table"
// limit = 1000
// [parameters.first]
// type = "id"
// help = "id of one person (or other entity)"
// [parameters.second]
// type = "id"
// help = "id of the other"
// [parameters.without]
// type = "list"
// help = "relations left out"
// default = ["{{SERVICE}}"]
// [returns]
// shared = "Entity.id"
// name = "Entity.name"
// kind = "Entity.kind"
// first_relations = "Link.relation"
// second_relations = "Link.relation"
// weaker = "Link.belief"
// denied = "computed.count"
// [example]
// parameters = { first = "G0001", second = "P0397" }
// rows = 1
// ---
MATCH (a:Entity {case: $case, id: $first})-[r]-(m:Entity)-[s]-(b:Entity {case: $case, id: $second})
WHERE a <> b AND a.handling IN $handling AND m.handling IN $handling AND b.handling IN $handling
  AND r[$belief] IS NOT NULL AND s[$belief] IS NOT NULL AND NOT r.relation IN $without AND NOT s.relation IN $without
WITH m, r, s ORDER BY r.relation, s.relation
WITH m, collect(DISTINCT r.relation) AS first_relations, collect(DISTINCT s.relation) AS second_relations,
     max(CASE WHEN r[$belief] < s[$belief] THEN r[$belief] ELSE s[$belief] END) AS weaker,
     count(DISTINCT CASE WHEN r[$denying] <> 0 THEN r END) + count(DISTINCT CASE WHEN s[$denying] <> 0 THEN s END) AS denied
RETURN m.id AS shared, CASE WHEN m:Crossing THEN m.date + coalesce(', ' + m.launch_site, '') ELSE coalesce(m.name, m.value) END AS name,
       toLower(head([l IN labels(m) WHERE l <> 'Entity'])) AS kind, first_relations,
       COLLECT { UNWIND second_relations AS relation RETURN relation ORDER BY relation } AS second_relations, weaker, denied
ORDER BY weaker DESC, shared
LIMIT $limit + 1
