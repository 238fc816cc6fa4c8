"""What the service knows about, declared once as tables.

`tables` the files of a case folder and their columns · `relations` who may be related to what, and what it says ·
`grading` 3x5x2 · `dates` dates as precise as they were given · `properties` what stands in the graph, with its sensitivity.
"""
