// ---
// title = "Claims without a date, or with a coarse one"
// why = "Claims about parts, orders, payments and whereabouts that give no day, by relation and statement. Without a day they can neither be ordered nor set against records. Without source clearance those of witnesses are not listed."
// kind = "table"
// limit = 5000
// [parameters.span]
// type = "int"
// help = "count a date as coarse if it spans more than so many days"
// default = 31
// [returns]
// relation = "Claim.relation"
// statement = "Statement.id"
// kind = "Statement.kind"
// undated = "computed.count"
// coarse = "computed.count"
// claims = "computed.count"
// [example]
// parameters = { span = 31 }
// rows = 655
// ---
MATCH (c:Claim {case: $case, status: 'active'})-[:STATED_IN]->(s:Statement)
WHERE c.handling IN $handling AND s.handling IN $handling AND s.kind IN $voices
  AND NOT c.relation IN ['{{LASTING}}']
MATCH (a:Entity)<-[:SUBJECT]-(c)-[:OBJECT]->(b:Entity)
WHERE a.handling IN $handling AND b.handling IN $handling
WITH c.relation AS relation, s.id AS statement, s.kind AS kind, count(*) AS claims,
     count(CASE WHEN c.from_on IS NULL AND c.to_on IS NULL THEN 1 END) AS undated,
     count(CASE WHEN duration.inDays(coalesce(c.from_on_earliest, c.to_on_earliest), coalesce(c.from_on_latest, c.to_on_latest)).days > $span
                THEN 1 END) AS coarse
WHERE undated + coarse > 0
RETURN relation, statement, kind, undated, coarse, claims
ORDER BY undated + coarse DESC, relation, statement
LIMIT $limit + 1
