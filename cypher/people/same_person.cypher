// ---
// title = "People who may be the same"
// why = "Pairs said to be one person, pairs said to have used the same phone or account, and pairs with the same number in their records. A shared phone is a reason to look, not to merge."
// kind = "table"
// limit = 1000
// [parameters.person]
// type = "id"
// help = "only pairs with this person; empty: all"
// default = ""
// [returns]
// first = "Person.id"
// first_name = "Person.name"
// second = "Person.id"
// second_name = "Person.name"
// reason = "computed.reason"
// over = "Thing.value"
// belief = "Link.belief"
// denied = "computed.flag"
// [example]
// rows = 3
// ---
CALL () {
  MATCH (x:Person {case: $case})-[r:SAME_AS]->(y:Person)
  WHERE x.handling IN $handling AND y.handling IN $handling AND r[$belief] IS NOT NULL
  WITH x, y, r[$belief] AS belief, coalesce(r[$denying] <> 0, false) AS denied
  RETURN CASE WHEN x.id < y.id THEN x ELSE y END AS a, CASE WHEN x.id < y.id THEN y ELSE x END AS b,
         'said to be the same' AS reason, '' AS over, belief, denied
  UNION
  MATCH (a:Person)-[r:USED]->(t:Thing {case: $case})<-[s:USED]-(b:Person)
  WHERE a.id < b.id AND t.kind IN ['phone', 'account', 'online'] AND t.handling IN $handling
    AND r[$belief] IS NOT NULL AND s[$belief] IS NOT NULL
  RETURN a, b, 'used the same ' + t.kind AS reason, coalesce(t.value, t.id) AS over,
         CASE WHEN r[$belief] < s[$belief] THEN r[$belief] ELSE s[$belief] END AS belief,
         coalesce(r[$denying] <> 0, false) OR coalesce(s[$denying] <> 0, false) AS denied
  UNION
  MATCH (p:Person {case: $case})
  WHERE p.handling IN $handling
  UNWIND p.phones AS number
  WITH number, p ORDER BY p.id
  WITH number, collect(p) AS people
  WHERE size(people) > 1
  UNWIND people AS a
  UNWIND people AS b
  WITH number, a, b WHERE a.id < b.id
  RETURN a, b, 'same number in their records' AS reason, number AS over, null AS belief, false AS denied
}
WITH a, b, reason, over, belief, denied
WHERE a.handling IN $handling AND b.handling IN $handling AND ($person = '' OR $person IN [a.id, b.id])
RETURN a.id AS first, a.name AS first_name, b.id AS second, b.name AS second_name, reason, over, belief, denied
ORDER BY first, second, reason, over, belief, denied
LIMIT $limit + 1
