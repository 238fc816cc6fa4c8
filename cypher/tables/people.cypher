// ---
// title = "Every person of the case"
// why = "All of a case as files, for who is cleared for all of it: read a part at a time, in no order"
// kind = "internal"
// limit = 2000000
// [returns]
// id = "Person.id"
// name = "Person.name"
// aliases = "Person.aliases"
// identified = "Person.identified"
// date_of_birth = "Person.date_of_birth"
// date_of_birth_earliest = "Person.date_of_birth_earliest"
// date_of_birth_latest = "Person.date_of_birth_latest"
// age_disputed = "Person.age_disputed"
// nationality = "Person.nationality"
// sex = "Person.sex"
// phones = "Person.phones"
// notes = "Person.notes"
// handling = "Person.handling"
// statement_id = "Person.statement_id"
// review_on = "Person.review_on"
// review_on_earliest = "Person.review_on_earliest"
// review_on_latest = "Person.review_on_latest"
// categories = "Person.categories"
// category_dates = "Person.category_dates"
// sealed = "Person.sealed"
// extra = "Person.extra"
// ---
MATCH (n:Person {case: $case})
WHERE n.handling IN $handling
RETURN n.id AS id,
       n.name AS name,
       n.aliases AS aliases,
       n.identified AS identified,
       n.date_of_birth AS date_of_birth, n.date_of_birth_earliest AS date_of_birth_earliest, n.date_of_birth_latest AS date_of_birth_latest,
       n.age_disputed AS age_disputed,
       n.nationality AS nationality,
       n.sex AS sex,
       n.phones AS phones,
       n.notes AS notes,
       n.handling AS handling,
       head(COLLECT { MATCH (s:Statement {case: $case, id: n.statement_id}) WHERE s.handling IN $handling AND s.kind IN $voices
                      RETURN s.id }) AS statement_id,
       n.review_on AS review_on, n.review_on_earliest AS review_on_earliest, n.review_on_latest AS review_on_latest,
       n.categories AS categories,
       n.category_dates AS category_dates,
       n.sealed AS sealed,
       [k IN keys(n) WHERE k STARTS WITH 'x_' | [k, toString(n[k])]] AS extra
LIMIT $limit + 1
