// ---
// title = "Persons as the analysis may know them"
// why = "Input of the ranking, in two blocks: a row for each person would take five times as long to fetch"
// kind = "internal"
// limit = 2000000
// [returns]
// sealed = "Person.sealed"
// told = "computed.rows"
// ---
// told, for each person: id, name, categories, whether their age is disputed
MATCH (n:Person {case: $case})
WHERE n.handling IN $handling
RETURN n.sealed AS sealed, collect([n.id, n.name, n.categories, n.age_disputed]) AS told
ORDER BY sealed
LIMIT $limit + 1
