// ---
// title = "What tells some people apart"
// why = "Two of one name are told apart in a search by when they were born, their numbers and whom they are most surely tied to"
// kind = "internal"
// limit = 200
// [parameters.ids]
// type = "list"
// help = "ids of people"
// [parameters.ties]
// type = "int"
// help = "how many ties at most"
// [returns]
// id = "Person.id"
// date_of_birth = "Person.date_of_birth"
// phones = "Person.phones"
// ties = "Entity.name"
// ---
MATCH (n:Entity&Person {case: $case})
WHERE n.id IN $ids AND n.handling IN $handling
RETURN n.id AS id, n.date_of_birth AS date_of_birth, n.phones AS phones,
       COLLECT { MATCH (n)-[r]-(m:Entity)
                 WHERE (m:Person OR m:Gang OR m:Workplace) AND m.handling IN $handling AND r[$belief] >= 0.25 AND NOT coalesce(r[$denying] <> 0, false)
                 WITH m, max(r[$belief]) AS surest
                 ORDER BY coalesce(m.sealed, false), surest DESC, m.id
                 LIMIT $ties
                 RETURN coalesce(m.name, m.id) } AS ties
ORDER BY id
LIMIT $limit + 1
