// ---
// title = "Who runs a gang and who belongs to it"
// why = "The people said to run or belong to one gang, and on how many crossings each played a part. Witnesses call many people members who were hired for a day."
// kind = "table"
// limit = 500
// [parameters.gang]
// type = "id"
// help = "id of the gang; empty: all gangs"
// default = ""
// [parameters.least]
// type = "float"
// help = "least belief of a membership, and of a part played, 0 to 1"
// default = 0.25
// [returns]
// gang = "Gang.id"
// gang_name = "Gang.name"
// relation = "Link.relation"
// person = "Person.id"
// name = "Person.name"
// belief = "Link.belief"
// belief_on_record = "Link.belief_on_record"
// denying = "Link.denying"
// crossings = "computed.count"
// [example]
// parameters = { gang = "G0001" }
// rows = 3
// ---
MATCH (g:Gang {case: $case})<-[r:{{PARTS_IN_GANGS}}]-(p:Person)
WHERE g.handling IN $handling AND p.handling IN $handling AND r[$belief] >= $least AND ($gang = '' OR g.id = $gang)
RETURN g.id AS gang, g.name AS gang_name, r.relation AS relation, p.id AS person, p.name AS name,
       r[$belief] AS belief, r[$belief_on_record] AS belief_on_record, r[$denying] AS denying,
       COUNT { MATCH (p)-[s:{{PARTS_IN_CROSSINGS}}]->(c:Crossing)
               WHERE c.handling IN $handling AND s[$belief] >= $least RETURN DISTINCT c } AS crossings
ORDER BY gang, relation DESC, belief DESC, person
LIMIT $limit + 1
