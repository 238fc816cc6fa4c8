// ---
// title = "Which of some entities are there"
// why = "What is kept of a picture names nothing that its reader does not see"
// kind = "internal"
// limit = 20000
// [parameters.ids]
// type = "list"
// help = "ids of entities"
// [returns]
// id = "Entity.id"
// ---
MATCH (n:Entity {case: $case})
WHERE n.id IN $ids AND n.handling IN $handling
RETURN n.id AS id
ORDER BY id
LIMIT $limit + 1
