// ---
// title = "Sources, and how much rests on each"
// why = "For those with source clearance: each source by pseudonym, its statements and claims, and the links that nobody else asserts. What would fall with one source is what to corroborate first."
// kind = "table"
// limit = 2000
// [parameters.kind]
// type = "choice"
// help = "which kind of source"
// default = "witness"
// words = ["{{STATEMENT_KINDS}}"]
// [returns]
// source = "Source.id"
// kind = "Source.kind"
// statements = "Source.count"
// claims = "Source.count"
// alone = "Source.count"
// first = "Statement.taken_on"
// last = "Statement.taken_on"
// [example]
// parameters = { kind = "witness" }
// rows = 62
// ---
MATCH (q:Source {case: $case})<-[:GIVEN_BY]-(s:Statement {kind: $kind})
WHERE s.handling IN $handling
WITH q, s ORDER BY s.taken_on, s.id
WITH q, collect(s) AS given, min(s.taken_on) AS first, replace(max(s.taken_on + '~'), '~', '') AS last
RETURN q.id AS source, q.kind AS kind, size(given) AS statements,
       COUNT { UNWIND given AS s MATCH (s)<-[:STATED_IN]-(c:Claim) WHERE c.handling IN $handling } AS claims,
       COUNT { UNWIND given AS s
               MATCH (s)<-[:STATED_IN]-(c:Claim {polarity: 'asserts', status: 'active'})-[:SUBJECT]->(a:Entity), (c)-[:OBJECT]->(b:Entity), (a)-[r]->(b)
               WHERE c.handling IN $handling AND a.handling IN $handling AND b.handling IN $handling
                 AND r.relation = c.relation AND r[$asserting] = 1 } AS alone,
       first, last
ORDER BY alone DESC, source
LIMIT $limit + 1
