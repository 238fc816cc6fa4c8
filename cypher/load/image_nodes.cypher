MATCH (n:LABEL {case: $case})
RETURN n.id, properties(n)
