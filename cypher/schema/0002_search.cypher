// Entities of one kind in one case, claims by relation, and names by full text.
CREATE INDEX person_case IF NOT EXISTS FOR (n:Person) ON (n.case);
CREATE INDEX boat_case IF NOT EXISTS FOR (n:Boat) ON (n.case);
CREATE INDEX crossing_case IF NOT EXISTS FOR (n:Crossing) ON (n.case, n.date_earliest);
CREATE INDEX gang_case IF NOT EXISTS FOR (n:Gang) ON (n.case);
CREATE INDEX workplace_case IF NOT EXISTS FOR (n:Workplace) ON (n.case);
CREATE INDEX thing_case IF NOT EXISTS FOR (n:Thing) ON (n.case);
CREATE INDEX claim_relation IF NOT EXISTS FOR (n:Claim) ON (n.case, n.relation);
