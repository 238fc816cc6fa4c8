"""What a score is made of: how much is told of each person, relation by relation, and of whom they are tied to.

An ingredient is one relation, one end of it, and for ties between persons the kind of person at the other end:
`DIRECTED to hands-on` adds up how far somebody is believed to have directed people who are themselves hands-on. Its
value is log(1 + sum of the beliefs of those links), so that the second adds more than the fifth, and nothing is worth 0.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Floats
from graphsvc.analysis.evidence.roles import (
    ACTS,
    ARRANGES,
    CARRIED,
    DEEDS,
    LEVEL_TIES,
    PAYS_OR_OWES,
    TAKES_ORDERS,
    TO_CARRIED,
    WHOM,
)
from graphsvc.analysis.score.network import BLOCKS, Operation
from graphsvc.records.relations import RELATIONS, doing

_TOLD_APART = tuple(block for block in BLOCKS if ACTS.get(block[0], tuple(WHOM)) == tuple(WHOM))
_TAKEN_TOGETHER = tuple(block for block in BLOCKS if block not in _TOLD_APART)
_CARRIED = tuple((relation, end) for relation, end in BLOCKS if end == "to" and relation in TO_CARRIED)
_BELONGS = doing("belongs")
_PAYS = doing("pays")
# Every ingredient by name, in the order of the columns of `ingredients`.
NAMES: tuple[str, ...] = (
    *DEEDS,
    *(f"{relation} {end} {whom}" for relation, end in _TOLD_APART for whom in WHOM),
    *(f"{relation} {end} anyone" for relation, end in _TAKEN_TOGETHER),
    *(f"{relation} {end} {CARRIED}" for relation, end in _CARRIED),
)


# Whether each is in the fitted tables; the others say nothing of a part, or have not been fitted yet.
WEIGHED = tuple(bool(RELATIONS[name.partition(" ")[0]].weighed.place) for name in NAMES)
_PLACE = {name: place for place, name in enumerate(NAMES)}
# The column that a tie adds to: blocks x `roles.WHOM`; and that a tie with somebody only carried adds to, -1 for none.
TIE_COLUMNS = np.array(
    [[_PLACE[f"{' '.join(block)} {whom if block in _TOLD_APART else 'anyone'}"] for whom in WHOM] for block in BLOCKS]
)
CARRIED_COLUMNS = np.array([_PLACE.get(f"{' '.join(block)} {CARRIED}", -1) for block in BLOCKS])


def ingredients(network: Operation, whom: Floats, rows: Ints | None = None) -> Floats:
    """The value of each ingredient for each person who may play a part.

    Args:
        network: who is tied to whom.
        whom: persons x kinds (`roles.WHOM`): how far each counts as each, 0 to 1.
        rows: of these persons alone (default: all).

    Returns:
        Persons x ingredients (`NAMES`), each 0 or more.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> network = tied("s1: p1 DIRECTED p2", "s1: p1 PILOTED c1")  # p1, p2
        >>> value = ingredients(network, np.array([[0, 0, 0, 1.0], [0, 0, 1.0, 0]]))
        >>> [(NAMES[column], round(float(value[0, column]), 3)) for column in np.flatnonzero(value[0])]
        [('PILOTED', 0.606), ('DIRECTED to hands-on', 0.405)]

    Limits: belief in what is said. A much-watched person has more of every ingredient than one nobody looked at.
    """
    ties, deeds, carried = network.ties, network.deeds, network.carried
    if rows is not None:
        deeds, carried = deeds[rows], carried[rows]
        ties = ties[(np.arange(len(BLOCKS))[:, None] * network.size + rows).ravel()]
    sums = np.empty((len(deeds), len(NAMES)))
    sums[:, : len(DEEDS)] = deeds
    column = len(DEEDS)
    tied = (ties @ whom).reshape(len(BLOCKS), len(deeds), len(WHOM))
    for block in _TOLD_APART:
        sums[:, column : column + len(WHOM)] = tied[BLOCKS.index(block)]
        column += len(WHOM)
    for block in _TAKEN_TOGETHER:
        sums[:, column] = tied[BLOCKS.index(block)].sum(axis=1)
        column += 1
    for block in _CARRIED:
        sums[:, column] = carried[:, BLOCKS.index(block)]
        column += 1
    # Rounding may leave a hair below nothing where a belief was taken away again.
    result: Floats = np.log1p(np.maximum(sums, 0.0))
    return result


def _family(name: str) -> str:
    """The family an ingredient is shown with."""
    relation, _, rest = name.partition(" ")
    end, _, whom = rest.partition(" ")
    if not rest:
        if relation in _BELONGS:
            return "belongs"
        return "arranges" if relation in ARRANGES else "hands_on"
    if relation in PAYS_OR_OWES:
        return "money"
    if relation in LEVEL_TIES:
        return "company"
    if end == "by":
        return "takes_orders"
    if relation not in TAKES_ORDERS or whom == CARRIED:
        return "hands_on"
    return "reaches" if whom == "hub" else "commands"


# Ingredient → family under which its share of a score is shown.
FAMILY = MappingProxyType({name: _family(name) for name in NAMES})
# What somebody is said to do with their own hands, on a crossing, at a workplace or to those carried.
BY_HAND = tuple(name for name in NAMES if FAMILY[name] == "hands_on")
FAMILIES = (
    "commands",
    "arranges",
    "reaches",
    "belongs",
    "money",
    "company",
    "takes_orders",
    "hands_on",
)
# Being ordered about or taken on by people of no part, and paying them: a boss at work, rent, a fare. It says nothing of a part,
# however it came out where the tables were fitted.
EVERYDAY = tuple(
    f"{relation} {end} outside"
    for relation, end in _TOLD_APART
    if (end == "to") == (relation in _PAYS) and relation in ACTS
)
# What an operation needs somebody to do, besides work by hand: in the last reading each of it speaks for every hub's part at least as
# much as for any other, so that to be told of it lowers nobody, whatever else is told. Work by hand never speaks more for a hub's.
RAISING = tuple(
    name
    for name in NAMES
    if FAMILY[name] in ("arranges", "belongs", "commands", "reaches", "money")
    and (" " not in name or name.split()[1] == "to")
    and WEIGHED[_PLACE[name]]
    and name not in EVERYDAY
)
