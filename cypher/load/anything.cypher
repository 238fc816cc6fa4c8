// Something that a store holds besides the record of its schema.
MATCH (n)
WHERE NOT n:GraphsvcSchema
RETURN 1 AS something
LIMIT 1
