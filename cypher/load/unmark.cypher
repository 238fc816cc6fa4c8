MATCH (m:GraphsvcMark {of: $case})
DELETE m
