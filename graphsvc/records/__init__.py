"""The service's data model, declared once as tables.

`tables` the files of a case folder and their columns · `relations` each relation, its possible ends and its meaning ·
`grading` 3x5x2 grades · `dates` partial dates · `properties` the graph's properties and their sensitivity.
"""
