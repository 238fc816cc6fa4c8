"""`python -m tests.records.one_more` adds a relation before anything reads the table, and checks where it appears."""

from __future__ import annotations

from types import MappingProxyType

from graphsvc.records import relations
from graphsvc.records.relations import NONE, Part, Privy, Relation

TAUGHT = Relation(
    "TAUGHT", ("person",), ("person",), "taught", "command",
    does="directs", part=Part("acts", "tied"), stage="recruit",
    privy=Privy(beside="object", accuses=True), there=NONE, shares=NONE,
    met=True, sealed=NONE, folds=False, lasts=False, again=False, ftm="Associate", i2="teacher, teacher of",
)  # fmt: skip


def score() -> None:
    """Check that it is a command, gives a part, and counts in the score like the rest of its family."""
    from graphsvc.analysis.claims import interest, roles
    from graphsvc.analysis.examples import claim_from, people
    from graphsvc.analysis.exposure.presence import PRIVY
    from graphsvc.analysis.ranking import hubs, leads
    from graphsvc.analysis.ranking.additive import shipped_weights
    from graphsvc.analysis.ranking.basis import basis
    from graphsvc.analysis.ranking.ingredients import family, names
    from graphsvc.analysis.ranking.reasons import reasons

    for table in (roles.COMMANDS, roles.ACTS, roles.ROLE_RELATIONS, roles.ACTIVE_SUBJECT, roles.OPERATION):
        assert "TAUGHT" in table
    assert "TAUGHT" in roles.TAKES_ORDERS
    assert "TAUGHT" in roles.STAGES["recruit"]
    assert "TAUGHT" in interest.ACCUSES
    assert PRIVY["TAUGHT"].beside == "object"
    assert family("TAUGHT", "to") == "commands"
    own, *shared = names("TAUGHT", "to", "person", "witness")
    assert own not in shipped_weights().columns
    assert set(shared) <= shipped_weights().columns.keys()

    taught = [claim_from(f"s{number}: p1 TAUGHT p{number}") for number in (2, 3, 4)]
    persons = people("p1", "p2", "p3", "p4")
    on = basis(taught, persons, {})
    (first, *_) = [lead for lead in hubs.rank_basis(on).leads if lead.id == "p1"]
    assert first.groups == 3
    assert first.stages == {"recruit": 1}
    why = leads.explain("p1", taught, persons, {}, reasons(on, "p1"))
    assert len(why.supporting) == 3


def queries() -> None:
    """Check that every query with a list of its kind includes it."""
    from graphsvc.queries import own_library
    from graphsvc.store.image import TYPES

    assert "TAUGHT" in TYPES
    asking = {
        "hubs.behind_those_named", "hubs.between_gangs", "hubs.by_groups", "hubs.give_orders", "people.on_the_record",
        "quality.partly_identified", "quality.resting_on_one", "witnesses.alone", "witnesses.off_the_record",
    }  # fmt: skip
    assert {name for name, query in own_library().items() if "TAUGHT" in query.text} == asking


def pictures() -> None:
    """Check the words, the filter, the forms for adding, the arrow, the layout by command, and paths."""
    from graphsvc.analysis.paths.ties import Web
    from graphsvc.service.network.paths import _over
    from graphsvc.views.fields import _relations
    from graphsvc.views.picture.arrangements import _stands_over
    from graphsvc.views.wording import verb
    from graphsvc.web.network.entities import _place
    from graphsvc.web.network.network import _MENU

    assert verb("TAUGHT") == "taught"
    assert "TAUGHT" in dict(_MENU)["Acting on others"]
    assert "TAUGHT" in [choice[0] for choice in dict(_relations({}, {}))["One acts on another"]]
    assert _place("TAUGHT") == _place("DIRECTED")
    assert _stands_over("TAUGHT")
    assert "TAUGHT" in _over(Web([]), (), ())


def exports() -> None:
    """Check each export format that names relations, and that charts with one of its words are read."""
    from graphsvc.records.charts import LINKED_AS
    from graphsvc.views.forms import files
    from graphsvc.views.forms.ftm import EDGES
    from tests.views.test_forms import ABOUT, everything

    assert LINKED_AS["taught"] == LINKED_AS["teacher of"] == "TAUGHT"
    assert EDGES["TAUGHT"].name == "Associate"
    view = everything()
    (edge,) = [edge for edge in view.edges if edge.relation == "TAUGHT"]
    assert edge.directed
    for form in ("csv", "json", "graphml", "gexf", "anx", "ftm"):
        assert any(b"taught" in content for content in files(view, ABOUT, [form]).values()), form


if __name__ == "__main__":
    assert "TAUGHT" not in relations.RELATIONS, "a relation of that name is there now: let this one have another"
    relations.RELATIONS = MappingProxyType({**relations.RELATIONS, TAUGHT.name: TAUGHT})
    score()
    queries()
    pictures()
    exports()
