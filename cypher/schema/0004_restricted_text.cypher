// Free texts that fewer readers may see than what they stand at (names/terms.py): columns of the deliverer's own, under handling
// code C whatever the rest is, and the interest of a source. Fields of their own, which a query asks for as the reader may.
DROP INDEX said_search IF EXISTS;
CREATE FULLTEXT INDEX said_search IF NOT EXISTS FOR (n:Entity|Statement|Claim) ON EACH [n.said, n.said_under_c, n.said_interest, n.case, n.handling] OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}};
