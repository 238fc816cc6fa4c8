// ---
// title = "Boats used more than once"
// why = "Boats said to have been on several crossings. Inflatables are mostly left on the beach, so a boat seen twice means it was brought back, or that two boats were taken for one."
// kind = "table"
// limit = 500
// [parameters.crossings]
// type = "int"
// help = "on how many crossings at least"
// default = 2
// [returns]
// boat = "Boat.id"
// name = "Boat.name"
// kind = "Boat.kind"
// registration = "Boat.registration"
// crossings = "computed.count"
// which = "Crossing.id"
// dates = "Crossing.date"
// weakest = "Link.belief"
// denied = "Crossing.id"
// [example]
// rows = 1
// ---
MATCH (b:Boat {case: $case})-[r:USED_ON]->(c:Crossing)
WHERE b.handling IN $handling AND c.handling IN $handling AND r[$belief] IS NOT NULL
WITH b, c, r ORDER BY c.date_earliest, c.id
WITH b, collect(c.id) AS which, collect(c.date) AS dates, min(r[$belief]) AS weakest,
     collect(CASE WHEN r[$denying] <> 0 THEN c.id END) AS denied
WHERE size(which) >= $crossings
RETURN b.id AS boat, b.name AS name, b.kind AS kind, b.registration AS registration, size(which) AS crossings, which, dates, weakest, denied
ORDER BY crossings DESC, boat
LIMIT $limit + 1
