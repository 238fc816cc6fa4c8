// ---
// title = "Days of crossings that are one day of the year"
// why = "A search for a day without its year leads to the boats of each year"
// kind = "internal"
// limit = 200
// [parameters.day]
// type = "text"
// help = "month and day, such as 05-08"
// [returns]
// day = "computed.date"
// ---
MATCH (c:Crossing {case: $case})
WHERE c.handling IN $handling AND substring(c.date, 5, 5) = $day
RETURN DISTINCT left(c.date, 10) AS day
ORDER BY day
LIMIT $limit + 1
