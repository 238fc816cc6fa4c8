// What entities and free texts are found by (names/terms.py): folded already, so the analyzer only parts it at blanks.
// Case and handling beside it, so that the index itself leaves out what is of another case or level.
CREATE FULLTEXT INDEX entity_search IF NOT EXISTS FOR (n:Entity) ON EACH [n.search, n.case, n.handling] OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}};
CREATE FULLTEXT INDEX said_search IF NOT EXISTS FOR (n:Entity|Statement|Claim) ON EACH [n.said, n.case, n.handling] OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}};
