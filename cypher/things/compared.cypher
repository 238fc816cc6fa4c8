// ---
// title = "Things as crossings are compared by them"
// why = "Which crossings hang together: phones, accounts, parts with serials and stores behind them"
// kind = "internal"
// limit = 2000000
// [returns]
// id = "Thing.id"
// kind = "Thing.kind"
// value = "Thing.value"
// ---
MATCH (n:Thing {case: $case})
WHERE n.handling IN $handling
RETURN n.id AS id, n.kind AS kind, n.value AS value
ORDER BY id
LIMIT $limit + 1
