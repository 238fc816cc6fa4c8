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
// extra = "Entity.extra"
// ---
CALL db.index.fulltext.queryNodes('said_search',
  '+case:"' + replace(replace($case, '\\', '\\\\'), '"', '\\"') + '" +handling:(' + reduce(all = '', one IN $handling | all + ' ' + one) + ') +(said:(' + $text + ')'
    + CASE WHEN 'C' IN $handling THEN ' said_under_c:(' + $text + ')' ELSE '' END
    + CASE WHEN 'witness' IN $voices THEN ' said_interest:(' + $text + ')' ELSE '' END + ')') YIELD node AS n
WHERE n:Entity AND n.case = $case AND n.handling IN $handling
WITH n, coalesce(n.said, '') + CASE WHEN 'C' IN $handling THEN coalesce(n.said_under_c, '') ELSE '' END
     + CASE WHEN 'witness' IN $voices THEN coalesce(n.said_interest, '') ELSE '' END AS words
WITH n, reduce(worst = 0, part IN $parts | CASE WHEN any(one IN split(part, '|') WHERE words CONTAINS ' ' + one + ' ') THEN worst ELSE 1 END) AS step
RETURN n.id AS id, toLower(head([l IN labels(n) WHERE l <> 'Entity'])) AS kind, CASE WHEN n:Crossing THEN n.date + coalesce(', ' + n.launch_site, '') ELSE coalesce(n.name, n.value) END AS name, n.notes AS notes,
       [k IN keys(n) WHERE k STARTS WITH 'x_' | k + ': ' + n[k]] AS extra
ORDER BY step, id
LIMIT $limit + 1
