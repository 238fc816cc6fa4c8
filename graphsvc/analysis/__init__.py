"""Pure functions from claims to figures: what is believed, who stands out, and why.

`evidence` what goes in · `dependence` which sources are not independent · `belief` of claims and links · `candidates` who
is ranked · `ingredients` what a score is made of · `hubs` the ranking · `structure` plain contact networks · `leads` why ·
`projection` NetworkX graphs · `baselines` textbook measures · `evaluation` how good a ranking is ·
`comparison` rankings side by side.
"""
