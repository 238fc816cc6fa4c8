// ---
// title = "Debts, and what ties the creditor to the debtor's work"
// why = "Who owes whom, and whether the creditor also controls or manages where the debtor worked or lived: a sign of debt bondage, for safeguarding. A debt alone is no sign of it. `contested`: places where either is denied or contested."
// kind = "table"
// limit = 500
// [parameters.tied]
// type = "choice"
// help = "yes: only debts with such a place"
// default = "no"
// words = ["yes", "no"]
// [parameters.least]
// type = "float"
// help = "least belief of the debt, that the debtor was at the place, and of control over it, 0 to 1"
// default = 0.25
// [returns]
// debtor = "Entity.id"
// debtor_name = "Entity.name"
// creditor = "Entity.id"
// creditor_name = "Entity.name"
// belief = "Link.belief"
// denying = "Link.denying"
// places = "Workplace.id"
// contested = "Workplace.id"
// [example]
// parameters = { tied = "no" }
// rows = 11
// ---
MATCH (a:Entity {case: $case})-[r:OWES]->(b:Entity)
WHERE a.handling IN $handling AND b.handling IN $handling AND r[$belief] >= $least
WITH a, r, b, COLLECT {
  MATCH (a)-[w:{{STAYS_AT_WORKPLACES}}]->(k:Workplace)<-[m:{{PARTS_IN_WORKPLACES}}]-(b)
  WHERE k.handling IN $handling AND w[$belief] >= $least AND m[$belief] >= $least
  WITH k.id AS id, max(coalesce(w[$denying] <> 0, false) OR coalesce(m[$denying] <> 0, false)) AS contested ORDER BY id
  RETURN {id: id, contested: contested} } AS places
WHERE $tied = 'no' OR size(places) > 0
RETURN a.id AS debtor, coalesce(a.name, a.value) AS debtor_name, b.id AS creditor, coalesce(b.name, b.value) AS creditor_name,
       r[$belief] AS belief, r[$denying] AS denying,
       [place IN places | place.id] AS places, [place IN places WHERE place.contested | place.id] AS contested
ORDER BY belief DESC, debtor, creditor
LIMIT $limit + 1
