// ---
// title = "Boats as they are compared with each other"
// why = "Which crossings hang together: what boats they used"
// kind = "internal"
// limit = 100000
// [returns]
// id = "Boat.id"
// kind = "Boat.kind"
// length_m = "Boat.length_m"
// engine_hp = "Boat.engine_hp"
// ---
MATCH (n:Boat {case: $case})
WHERE n.handling IN $handling
RETURN n.id AS id, n.kind AS kind, n.length_m AS length_m, n.engine_hp AS engine_hp
ORDER BY id
LIMIT $limit + 1
