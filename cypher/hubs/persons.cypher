// ---
// title = "Persons as the analysis may know them"
// why = "Input of the ranking"
// kind = "internal"
// limit = 2000000
// [returns]
// id = "Person.id"
// name = "Person.name"
// categories = "Person.categories"
// sealed = "Person.sealed"
// ---
MATCH (n:Person {case: $case})
WHERE n.handling IN $handling
RETURN n.id AS id, n.name AS name, n.categories AS categories, n.sealed AS sealed
ORDER BY id
LIMIT $limit + 1
