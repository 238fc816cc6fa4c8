// ---
// title = "What is in the case"
// why = "The first thing a case page says"
// kind = "internal"
// limit = 20
// [returns]
// kind = "Entity.kind"
// count = "computed.count"
// ---
MATCH (n:Entity {case: $case})
WHERE n.handling IN $handling
RETURN toLower(head([l IN labels(n) WHERE l <> 'Entity'])) AS kind, count(*) AS count
ORDER BY kind
