"""The managed local Neo4j: fetched, started, watched and stopped."""
