"""Pages of queries: the named ones, the editor of Cypher, the case's library."""
