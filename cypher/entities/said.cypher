// ---
// title = "Notes on entities"
// why = "Free text that was searched for, where it stands at an entity"
// kind = "internal"
// limit = 100
// [parameters.text]
// type = "text"
// help = "what asks the full-text index (names/likeness.py)"
// [parameters.parts]
// type = "list"
// help = "how each part of what is sought may be written, folded, with a bar between"
// [returns]
// id = "Entity.id"
// kind = "Entity.kind"
// name = "Entity.name"
// notes = "Entity.notes"
// ---
CALL db.index.fulltext.queryNodes('said_search',
  '+case:"' + replace(replace($case, '\\', '\\\\'), '"', '\\"') + '" +handling:(' + reduce(all = '', one IN $handling | all + ' ' + one) + ') +said:(' + $text + ')') YIELD node AS n
WHERE n:Entity AND n.case = $case AND n.handling IN $handling
WITH n, reduce(worst = 0, part IN $parts | CASE WHEN any(one IN split(part, '|') WHERE n.said CONTAINS ' ' + one + ' ') THEN worst ELSE 1 END) AS step
RETURN n.id AS id, toLower(head([l IN labels(n) WHERE l <> 'Entity'])) AS kind, CASE WHEN n:Crossing THEN n.date + coalesce(', ' + n.launch_site, '') ELSE coalesce(n.name, n.value) END AS name, n.notes AS notes
ORDER BY step, id
LIMIT $limit + 1
