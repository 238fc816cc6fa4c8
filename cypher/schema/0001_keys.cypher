// A key of its own per case for each kind of node: two cases may use the same ids.
CREATE CONSTRAINT entity_key IF NOT EXISTS FOR (n:Entity) REQUIRE (n.case, n.id) IS UNIQUE;
CREATE CONSTRAINT statement_key IF NOT EXISTS FOR (n:Statement) REQUIRE (n.case, n.id) IS UNIQUE;
CREATE CONSTRAINT source_key IF NOT EXISTS FOR (n:Source) REQUIRE (n.case, n.id) IS UNIQUE;
CREATE CONSTRAINT claim_key IF NOT EXISTS FOR (n:Claim) REQUIRE (n.case, n.id) IS UNIQUE;
CREATE CONSTRAINT schema_number IF NOT EXISTS FOR (n:GraphsvcSchema) REQUIRE n.number IS UNIQUE;
