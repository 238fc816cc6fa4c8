// ---
// title = "Phones and accounts used by several people"
// why = "A phone, account or online name that two or more people are said to have used ties them more firmly than being seen together. Handsets are also sold and lent: check the dates."
// kind = "table"
// limit = 500
// [parameters.people]
// type = "int"
// help = "used by how many at least"
// default = 2
// [parameters.kind]
// type = "choice"
// help = "which kind of thing; empty: phones, accounts and online names"
// default = ""
// words = ["", "phone", "account", "online"]
// [returns]
// thing = "Thing.id"
// kind = "Thing.kind"
// value = "Thing.value"
// people = "computed.count"
// users = "Person.id"
// names = "Person.name"
// weakest = "Link.belief"
// denied = "Person.id"
// [example]
// parameters = { people = 1, kind = "account" }
// rows = 23
// ---
MATCH (p:Person)-[r:USED]->(t:Thing {case: $case})
WHERE p.handling IN $handling AND t.handling IN $handling AND r[$belief] IS NOT NULL
  AND t.kind IN CASE $kind WHEN '' THEN ['phone', 'account', 'online'] ELSE [$kind] END
WITH t, p, r ORDER BY p.id
WITH t, collect(p.id) AS users, collect(coalesce(p.name, p.id)) AS names, min(r[$belief]) AS weakest,
     collect(CASE WHEN r[$denying] <> 0 THEN p.id END) AS denied
WHERE size(users) >= $people
RETURN t.id AS thing, t.kind AS kind, t.value AS value, size(users) AS people, users, names, weakest, denied
ORDER BY people DESC, thing
LIMIT $limit + 1
