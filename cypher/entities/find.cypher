// ---
// title = "Entities by name, number or id"
// why = "Candidates of the search box: the index offers them, and says nothing of their order, since it counts what is hidden as well"
// kind = "internal"
// limit = 200
// [parameters.text]
// type = "text"
// help = "what asks the full-text index (names/likeness.py)"
// [parameters.spelt]
// type = "text"
// help = "how all of what is sought may be written, folded, with a bar between"
// [parameters.parts]
// type = "list"
// help = "the same for each part of it"
// [parameters.kind]
// type = "text"
// help = "only of this kind, such as person; empty for all"
// default = ""
// [returns]
// id = "Entity.id"
// kind = "Entity.kind"
// name = "Entity.name"
// sealed = "Entity.sealed"
// links = "computed.count"
// aliases = "Person.aliases"
// phones = "Person.phones"
// value = "Thing.value"
// sort = "Thing.kind"
// registration = "Boat.registration"
// date = "Crossing.date"
// launch_site = "Crossing.launch_site"
// landing_site = "Crossing.landing_site"
// address = "Workplace.address"
// nationality = "Person.nationality"
// called = "Entity.name"
// ---
CALL db.index.fulltext.queryNodes('entity_search',
  '+case:"' + replace(replace($case, '\\', '\\\\'), '"', '\\"') + '" +handling:(' + reduce(all = '', one IN $handling | all + ' ' + one) + ') +search:(' + $text + ')') YIELD node AS n
WHERE n.case = $case AND n.handling IN $handling
  AND ($kind = '' OR any(l IN labels(n) WHERE toLower(l) = $kind))
// How the worst part matches, by the same steps as names/likeness.py: what is cut are the farthest of what the reader may see.
WITH n, [part IN $parts | split(part, '|')] + [split($spelt, '|')] AS parts
WITH n, [ways IN parts |
  CASE WHEN any(one IN ways WHERE n.search CONTAINS ' =' + one + ' ') THEN 0
       WHEN any(one IN ways WHERE n.search CONTAINS ' ' + one + ' ') THEN 1
       WHEN any(one IN ways WHERE n.search CONTAINS ' ' + one) THEN 2
       WHEN any(one IN ways WHERE size(one) > 2 AND n.search CONTAINS one) THEN 3 ELSE 4 END] AS steps
WITH n, last(steps) AS together, reduce(worst = 0, step IN steps[..-1] | CASE WHEN step > worst THEN step ELSE worst END) AS apart
WITH n, CASE WHEN together < apart THEN together ELSE apart END AS step
ORDER BY step, size(n.search), n.id
LIMIT $limit + 1
RETURN n.id AS id, toLower(head([l IN labels(n) WHERE l <> 'Entity'])) AS kind, CASE WHEN n:Crossing THEN n.date + coalesce(', ' + n.launch_site, '') ELSE coalesce(n.name, n.value) END AS name, coalesce(n.sealed, false) AS sealed,
       count { (n)-[r]-(m:Entity) WHERE r[$belief] IS NOT NULL AND m.handling IN $handling } AS links,
       n.aliases AS aliases, n.phones AS phones, n.value AS value, CASE WHEN n:Thing THEN n.kind END AS sort, n.registration AS registration,
       n.date AS date, n.launch_site AS launch_site, n.landing_site AS landing_site, n.address AS address, n.nationality AS nationality, n.name AS called
ORDER BY step, size(n.search), id
