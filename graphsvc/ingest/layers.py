"""Layers: the rows of people and things that readers of each handling code may know. Pure.

A *layer* is made only from the rows and claims that readers of its code may see. Cells under P are
those of layer P, and cells under C those of layer C. So no page can depend on anything that its reader may not know.

| row of a person or thing | in the layers |
|---|---|
| under C, or it names a statement that is or was under C since | C |
| names a statement that is not in the case | none |
| in a delivery that sets rows aside, of a person or thing known in the layer | not in this layer |
| in a delivery that hides sources, of a person in none of its claims in this layer | hidden: counts from the first later claim about them, unless another row came before |
| names a statement, of a person in no claim of this layer so far | not in this layer, also later |
| any other | P and C |

A layer knows people and things by their rows, and people also by its claims. See `codes.may_show_sources` for deliveries
that set rows aside and hide sources.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphsvc.ingest.check import Row
from graphsvc.ingest.codes import columns_delivered
from graphsvc.ingest.report import merge_row
from graphsvc.records.tables import ERASED

_PEOPLE = "people"
CODES = ("P", "C")


@dataclass(slots=True)
class DeliveredRows:
    """Rows of people and things in one delivery, and the ids in its claims.

    Attributes:
        number: the delivery's number.
        rows: its accepted rows, with their codes, also those set aside.
        columns: see `check.Delivery.columns`.
        partial: whether the delivery only adds.
        sets_aside, hides: see `check.Delivery`.
        mentioned: handling code of the reader → ids in the claims of the delivery that the reader may see.
    """

    number: int
    rows: list[Row]
    columns: Mapping[str, list[str]]
    partial: bool
    sets_aside: bool = False
    hides: bool = False
    mentioned: dict[str, set[str]] = field(default_factory=lambda: {code: set() for code in CODES})


class LayerRow(NamedTuple):
    """A person or thing in one layer.

    Attributes:
        values: column → value.
        listed: values from the rows that name no statement; None without such rows.
    """

    values: dict[str, Any]
    listed: dict[str, Any] | None

    def merge(self, row: Row, cleared: Collection[str]) -> LayerRow:
        """Return these values merged with one more row, which clears some columns."""
        listed = self.listed
        if "statement_id" not in row.values:
            listed = merge_row(listed or {}, row.values, cleared)
        return LayerRow(merge_row(self.values, row.values, cleared), listed)


# Id → row of a person or thing.
Layer = Mapping[str, LayerRow]


def make_layer(
    code: str, history: Iterable[DeliveredRows], statements: Collection[str], closed_in: Mapping[str, int]
) -> dict[str, LayerRow]:
    """Return the layer of a handling code.

    Args:
        code: `P` or `C`.
        history: what the deliveries brought, in order.
        statements: ids of the statements in the case.
        closed_in: statement → number of the last delivery after which it was under C.
    """
    layer, mentioned = dict[str, LayerRow](), set[str]()
    hidden = dict[str, LayerRow]()
    for brought in history:
        met = brought.mentioned[code]
        new = dict[str, LayerRow]()
        for row in brought.rows:
            identifier, said_in = row.values["id"], row.values.get("statement_id")
            if identifier in new or (said_in is not None and said_in != ERASED and said_in not in statements):
                continue
            if code == "P" and (row.code == "C" or closed_in.get(said_in or "", 0) >= brought.number):
                continue
            known = layer.get(identifier)
            first = LayerRow(row.values, row.values if said_in is None else None)
            is_person = row.table == _PEOPLE
            if brought.sets_aside and (known is not None or (is_person and identifier in mentioned)):
                continue
            is_mentioned = identifier in met or identifier in mentioned
            if (brought.hides or said_in is not None) and is_person and not is_mentioned:
                if said_in is None:
                    # A later row does not count: one of two people in a file may speak later, and come with a row.
                    hidden.setdefault(identifier, first)
                continue
            if known is None:
                new[identifier] = first
            else:
                new[identifier] = known.merge(row, columns_delivered(row, brought.columns, partial=brought.partial))
        layer |= new
        layer |= {name: hidden[name] for name in met & hidden.keys() if name not in layer}
        mentioned |= met
    return layer
