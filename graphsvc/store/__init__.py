"""The only code that talks to Neo4j: the driver, images of cases, the schema, typed queries, the managed server."""
