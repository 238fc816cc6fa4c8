// ---
// title = "Houses in which people lived"
// why = "Which crossings hang together: where those who were carried were housed"
// kind = "internal"
// limit = 200000
// [returns]
// id = "Workplace.id"
// ---
MATCH (n:Workplace {case: $case, kind: 'dwelling'})
WHERE n.handling IN $handling
RETURN n.id AS id
ORDER BY id
LIMIT $limit + 1
