// How many nodes and relationships a store holds. Each of the two stands in its own count, which is why they are not one text.
MATCH (n) RETURN count(n) AS number
UNION ALL
MATCH ()-[r]->() RETURN count(r) AS number
