// ---
// title = "Words of statements"
// why = "Free text that was searched for, where a statement or a claim of it says it"
// kind = "internal"
// limit = 100
// [parameters.text]
// type = "text"
// help = "what asks the full-text index (names/likeness.py)"
// [parameters.parts]
// type = "list"
// help = "how each part of what is sought may be written, folded, with a bar between"
// [returns]
// statement = "Statement.id"
// statement_kind = "Statement.kind"
// taken_on = "Statement.taken_on"
// statement_status = "Statement.status"
// summary = "Statement.summary"
// claim = "Claim.id"
// status = "Claim.status"
// polarity = "Claim.polarity"
// relation = "Claim.relation"
// subject = "Entity.id"
// subject_name = "Entity.name"
// subject_kind = "Entity.kind"
// object = "Entity.id"
// object_name = "Entity.name"
// object_kind = "Entity.kind"
// subject_as_said = "Claim.subject_as_said"
// object_as_said = "Claim.object_as_said"
// place = "Claim.place"
// notes = "Claim.notes"
// extra = "Claim.extra"
// interest = "Statement.interest"
// ---
CALL db.index.fulltext.queryNodes('said_search',
  '+case:"' + replace(replace($case, '\\', '\\\\'), '"', '\\"') + '" +handling:(' + reduce(all = '', one IN $handling | all + ' ' + one) + ') +(said:(' + $text + ')'
    + CASE WHEN 'C' IN $handling THEN ' said_under_c:(' + $text + ')' ELSE '' END
    + CASE WHEN 'witness' IN $voices THEN ' said_interest:(' + $text + ')' ELSE '' END + ')') YIELD node AS n
WHERE (n:Statement OR n:Claim) AND n.case = $case AND n.handling IN $handling
OPTIONAL MATCH (n)-[:STATED_IN]->(t:Statement), (n)-[:SUBJECT]->(a:Entity), (n)-[:OBJECT]->(b:Entity)
WHERE t.handling IN $handling AND a.handling IN $handling AND b.handling IN $handling
WITH n, a, b, CASE WHEN n:Claim THEN t ELSE n END AS s
// A kind of statement that is not shown one by one is not there, nor is any word of it.
WHERE s IS NOT NULL AND s.kind IN $voices
WITH n, s, a, b, coalesce(n.said, '') + CASE WHEN 'C' IN $handling THEN coalesce(n.said_under_c, '') ELSE '' END
     + CASE WHEN 'witness' IN $voices THEN coalesce(n.said_interest, '') ELSE '' END AS words
WITH n, s, a, b, CASE WHEN n:Claim THEN n END AS c,
     reduce(worst = 0, part IN $parts | CASE WHEN any(one IN split(part, '|') WHERE words CONTAINS ' ' + one + ' ') THEN worst ELSE 1 END) AS step
RETURN s.id AS statement, s.kind AS statement_kind, s.taken_on AS taken_on, s.status AS statement_status,
       CASE WHEN n:Statement THEN n.summary END AS summary,
       c.id AS claim, c.status AS status, c.polarity AS polarity, c.relation AS relation,
       a.id AS subject, CASE WHEN a:Crossing THEN a.date + coalesce(', ' + a.launch_site, '') ELSE coalesce(a.name, a.value) END AS subject_name, toLower(head([l IN labels(a) WHERE l <> 'Entity'])) AS subject_kind,
       b.id AS object, CASE WHEN b:Crossing THEN b.date + coalesce(', ' + b.launch_site, '') ELSE coalesce(b.name, b.value) END AS object_name, toLower(head([l IN labels(b) WHERE l <> 'Entity'])) AS object_kind,
       c.subject_as_said AS subject_as_said, c.object_as_said AS object_as_said, c.place AS place, c.notes AS notes,
       [k IN keys(n) WHERE k STARTS WITH 'x_' | k + ': ' + n[k]] AS extra, CASE WHEN n:Statement THEN n.interest END AS interest
ORDER BY step, statement, claim IS NOT NULL, claim
LIMIT $limit + 1
