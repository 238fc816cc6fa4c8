// ---
// title = "The day of every crossing"
// why = "Who was on one is documented there on its day"
// kind = "internal"
// limit = 2000000
// [returns]
// id = "Crossing.id"
// date = "Crossing.date"
// ---
MATCH (n:Crossing {case: $case})
WHERE n.handling IN $handling
RETURN n.id AS id, n.date AS date
ORDER BY id
LIMIT $limit + 1
