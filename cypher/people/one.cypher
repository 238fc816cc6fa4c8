// ---
// title = "Everything delivered about one person"
// why = "The page of a person"
// kind = "internal"
// limit = 1
// [parameters.id]
// type = "id"
// help = "id of the person"
// [returns]
// id = "Person.id"
// name = "Person.name"
// aliases = "Person.aliases"
// identified = "Person.identified"
// date_of_birth = "Person.date_of_birth"
// age_disputed = "Person.age_disputed"
// nationality = "Person.nationality"
// sex = "Person.sex"
// phones = "Person.phones"
// notes = "Person.notes"
// handling = "Person.handling"
// statement_id = "Person.statement_id"
// review_on = "Person.review_on"
// categories = "Person.categories"
// category_dates = "Person.category_dates"
// sealed = "Person.sealed"
// extra = "Person.extra"
// ---
MATCH (n:Entity&Person {case: $case, id: $id})
WHERE n.handling IN $handling
RETURN n.id AS id,
       n.name AS name,
       n.aliases AS aliases,
       n.identified AS identified,
       n.date_of_birth AS date_of_birth,
       n.age_disputed AS age_disputed,
       n.nationality AS nationality,
       n.sex AS sex,
       n.phones AS phones,
       n.notes AS notes,
       n.handling AS handling,
       head(COLLECT { MATCH (s:Statement {case: $case, id: n.statement_id}) WHERE s.handling IN $handling AND s.kind IN $voices
                      RETURN s.id }) AS statement_id,
       n.review_on AS review_on,
       n.categories AS categories,
       n.category_dates AS category_dates,
       n.sealed AS sealed,
       [k IN keys(n) WHERE k STARTS WITH 'x_' | k + ': ' + n[k]] AS extra
LIMIT $limit + 1
