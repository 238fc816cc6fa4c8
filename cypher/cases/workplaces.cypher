// ---
// title = "Workplaces of the case"
// why = "The list of workplaces, with how many people are believed to have worked or lived there, as far as anybody stands in such a list"
// kind = "internal"
// limit = 5000
// [parameters.least]
// type = "float"
// help = "least belief that somebody worked or lived there"
// default = 0.25
// [returns]
// id = "Workplace.id"
// name = "Workplace.name"
// kind = "Workplace.kind"
// sector = "Workplace.sector"
// address = "Workplace.address"
// opened_on = "Workplace.opened_on"
// closed_on = "Workplace.closed_on"
// latitude = "Workplace.latitude"
// longitude = "Workplace.longitude"
// people = "computed.count"
// ---
MATCH (n:Workplace {case: $case})
WHERE n.handling IN $handling
RETURN n.id AS id, n.name AS name, n.kind AS kind, n.sector AS sector, n.address AS address,
       n.opened_on AS opened_on, n.closed_on AS closed_on, n.latitude AS latitude, n.longitude AS longitude,
       count { MATCH (n)<-[r:{{STAYS_AT_WORKPLACES}}]-(m:Person) WHERE r[$belief] >= $least AND m.handling IN $handling
               RETURN DISTINCT m } AS people
ORDER BY people DESC, id
LIMIT $limit + 1
