// ---
// title = "Gangs that share people, phones or places"
// why = "What two gangs have in common: a member of both, a thing used by members of both, or phones of both in contact. A shared address may be a hotel, and a shared member may have moved on."
// kind = "table"
// limit = 1000
// [returns]
// first = "Gang.id"
// first_name = "Gang.name"
// second = "Gang.id"
// second_name = "Gang.name"
// reason = "computed.reason"
// shared = "Entity.id"
// shared_name = "Entity.name"
// weakest = "Link.belief"
// denied = "computed.flag"
// [example]
// rows = 1
// ---
CALL () {
  MATCH (a:Gang {case: $case})<-[r:{{PARTS_IN_GANGS}}]-(e:Person)-[s:{{PARTS_IN_GANGS}}]->(b:Gang)
  WHERE a.id < b.id AND r[$belief] IS NOT NULL AND s[$belief] IS NOT NULL
  RETURN a, b, 'person of both' AS reason, e, [r, s] AS links
  UNION ALL
  MATCH (a:Gang {case: $case})<-[r:{{PARTS_IN_GANGS}}]-(p:Person)-[u:{{OWN_THINGS}}]->(e:Thing)<-[v:{{OWN_THINGS}}]-(q:Person)-[s:{{PARTS_IN_GANGS}}]->(b:Gang)
  WHERE a.id < b.id AND p <> q AND p.handling IN $handling AND q.handling IN $handling
    AND r[$belief] IS NOT NULL AND s[$belief] IS NOT NULL AND u[$belief] IS NOT NULL AND v[$belief] IS NOT NULL
  RETURN a, b, e.kind + ' of people of both' AS reason, e, [r, u, v, s] AS links
  UNION ALL
  MATCH (a:Gang {case: $case})<-[r:{{PARTS_IN_GANGS}}]-(p:Person)-[u:USED]->(t:Thing)-[k:CONTACTED]-(e:Thing)<-[v:USED]-(q:Person)-[s:{{PARTS_IN_GANGS}}]->(b:Gang)
  WHERE a.id < b.id AND p <> q AND p.handling IN $handling AND t.handling IN $handling AND q.handling IN $handling
    AND r[$belief] IS NOT NULL AND s[$belief] IS NOT NULL AND u[$belief] IS NOT NULL AND v[$belief] IS NOT NULL AND k[$belief] IS NOT NULL
  RETURN a, b, e.kind + ' of the second in contact with one of the first' AS reason, e, [r, u, k, v, s] AS links
}
WITH a, b, reason, e, reduce(low = 1.0, link IN links | CASE WHEN link[$belief] < low THEN link[$belief] ELSE low END) AS weakest,
     size([link IN links WHERE link[$denying] <> 0]) > 0 AS denied
WHERE a.handling IN $handling AND b.handling IN $handling AND e.handling IN $handling
RETURN a.id AS first, a.name AS first_name, b.id AS second, b.name AS second_name, reason,
       e.id AS shared, coalesce(e.name, e.value) AS shared_name, max(weakest) AS weakest, max(denied) AS denied
ORDER BY first, second, reason, shared
LIMIT $limit + 1
