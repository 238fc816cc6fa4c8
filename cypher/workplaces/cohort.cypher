// ---
// title = "Who was at a workplace when it closed, and what is said of them since"
// why = "One row for each person said to have worked there (of a dwelling: lived) in the weeks before it closed, with the places they appear at from then on and who is said to have left them. No place since is unknown, and not abandoned."
// kind = "table"
// limit = 1000
// [parameters.workplace]
// type = "id"
// help = "id of the workplace; empty: every one that closed"
// default = ""
// [parameters.days]
// type = "int"
// help = "whoever is said to have left more than so many days before it closed is left out"
// default = 28
// [parameters.before]
// type = "int"
// help = "days before the closing from which a new place counts, by any day that its date can mean"
// default = 28
// [parameters.least]
// type = "float"
// help = "least belief that they worked there, and that they were left, 0 to 1"
// default = 0.25
// [returns]
// workplace = "Workplace.id"
// name = "Workplace.name"
// closed_on = "Workplace.closed_on"
// person = "Person.id"
// first_on = "Link.first_on"
// last_on = "Link.last_on"
// belief = "Link.belief"
// denying = "Link.denying"
// next = "Workplace.id"
// abandoned_by = "Entity.id"
// denied = "Entity.id"
// doubtful = "Entity.id"
// [example]
// parameters = { workplace = "W0002" }
// rows = 8
// ---
// Few are not left out here, as they are of the figures in displacement.cypher: each row is what one link says, at the reader's level and
// as it is told them, which stands on the page of its person too. A row left out, or its `next`, would say that somebody was not seen again.
MATCH (w:Workplace {case: $case})<-[r:{{STAYS_AT_WORKPLACES}}]-(p:Person)
WHERE w.handling IN $handling AND p.handling IN $handling AND w.closed_on IS NOT NULL AND ($workplace = '' OR w.id = $workplace)
  AND r.relation = CASE w.kind WHEN 'dwelling' THEN 'LIVED_AT' ELSE 'WORKED_AT' END
  AND r[$belief] >= $least AND coalesce(r[$first_on], '') < toString(w.closed_on_latest)
  // "~" sorts behind "-": of a month its last day counts.
  AND (r[$last_on] = r[$first_on] OR r[$last_on] + '~' >= toString(w.closed_on_earliest - duration({days: $days})))
RETURN w.id AS workplace, w.name AS name, w.closed_on AS closed_on, p.id AS person,
       r[$first_on] AS first_on, r[$last_on] AS last_on, r[$belief] AS belief, r[$denying] AS denying,
       COLLECT { MATCH (p)-[s:{{STAYS_AT_WORKPLACES}}]->(n:Workplace)
                 WHERE s.relation = r.relation AND n <> w AND n.handling IN $handling AND s[$belief] >= $least
                   AND size(s[$first_on]) > size('2020') AND s[$first_on] + '~' >= toString(w.closed_on_earliest - duration({days: $before}))
                 RETURN n.id AS id ORDER BY s[$first_on], id } AS next,
       COLLECT { MATCH (a:Entity)-[k:ABANDONED]->(p) WHERE a.handling IN $handling AND k[$belief] >= $least
                 RETURN a.id AS id ORDER BY id } AS abandoned_by,
       COLLECT { MATCH (a:Entity)-[k:ABANDONED]->(p) WHERE a.handling IN $handling AND k[$belief] >= $least AND k[$denying] <> 0
                 RETURN a.id AS id ORDER BY id } +
       COLLECT { MATCH (p)-[s:{{STAYS_AT_WORKPLACES}}]->(n:Workplace)
                 WHERE s.relation = r.relation AND n <> w AND n.handling IN $handling AND s[$belief] >= $least AND s[$denying] <> 0
                   AND size(s[$first_on]) > size('2020') AND s[$first_on] + '~' >= toString(w.closed_on_earliest - duration({days: $before}))
                 RETURN n.id AS id ORDER BY s[$first_on], id } AS denied,
       COLLECT { MATCH (a:Entity)-[k:ABANDONED]->(p) WHERE a.handling IN $handling AND k[$belief] >= $least AND k[$belief] < 0.5
                 RETURN a.id AS id ORDER BY id } AS doubtful
ORDER BY w.closed_on_earliest, workplace, person
LIMIT $limit + 1
