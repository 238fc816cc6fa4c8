// ---
// title = "Nationalities, in all or of those on a crossing"
// why = "Which nationalities people are said to have, with who, for interpreters and safeguarding; it weighs nothing anywhere. Whoever stands by a pseudonym is not counted: theirs is in the vault."
// kind = "table"
// limit = 500
// [parameters.crossing]
// type = "id"
// help = "only those said to have been aboard this crossing; empty: everybody"
// default = ""
// [returns]
// nationality = "Person.nationality"
// people = "computed.count"
// who = "Person.id"
denied = "Person.id"
// [example]
// rows = 10
// ---
MATCH (p:Person {case: $case})
WHERE p.handling IN $handling AND p.nationality IS NOT NULL
  AND ($crossing = '' OR EXISTS {
    MATCH (p)-[r:{{ABOARD}}]->(c:Crossing) WHERE c.id = $crossing AND c.handling IN $handling AND r[$belief] IS NOT NULL })
WITH p, $crossing <> '' AND NOT EXISTS {
    MATCH (p)-[r:{{ABOARD}}]->(c:Crossing) WHERE c.id = $crossing AND c.handling IN $handling AND r[$belief] IS NOT NULL
      AND NOT coalesce(r[$denying] <> 0, false) } AS is_denied
ORDER BY p.id
WITH p.nationality AS nationality, collect(p.id) AS who, collect(CASE WHEN is_denied THEN p.id END) AS denied
RETURN nationality, size(who) AS people, who, denied
ORDER BY people DESC, nationality
LIMIT $limit + 1
