"""Query pages: named queries, the Cypher editor, and the case's library."""
