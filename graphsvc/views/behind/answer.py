"""The answer on who is behind some entities: rows, common links, gaps and questions; also as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from graphsvc.records.numbers import count, significant
from graphsvc.records.relations import RELATIONS, LinkKey
from graphsvc.views.behind.against import Against, Denial, against
from graphsvc.views.behind.common import Common, common
from graphsvc.views.behind.gaps import MovedRank, gaps, lone, rank_changes, unnamed_sentence
from graphsvc.views.behind.rows import EXPECTED_ACTS, AnswerRow, PartSaid, denied_parts, is_weak, relations
from graphsvc.views.behind.words import name_with_id
from graphsvc.views.picture.network import Edge, Node, Picture
from graphsvc.views.sentences import gone_text
from graphsvc.views.wording import STATEMENTS, begin

# Columns of the answer's table. It has a row for each link to a person; an entity without such links has one row.
COLUMNS = (
    "about",
    "about_name",
    "who",
    "name",
    "relation",
    "object",
    "belief",
    "denied",
    "weak",
    "groups",
    "other_sources",
    "belief_on_record",
    "served",
    "coerced",
    "rank",
    "best_rank",
    "worst_rank",
    "rests_on",
    "not_known",
)
# Shown wherever an answer is incomplete.
CUT = "There are more links than were read, so more may be said: ask about fewer at once."
_BRIEF = 3  # columns of the overview table
_FIGURES = (
    "relation",
    "says",
    "belief",
    "denied",
    "denying",
    "groups",
    "other_sources",
    "belief_on_record",
    "first_on",
    "last_on",
)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that could close gaps of the answer, such as who piloted a crossing or supplied its boat.

    Attributes:
        gaps: (relation for which nobody is named, its object).
        statement, kind: a statement about these entities, whose source could be asked; empty if none may be shown.
        custodian: whether witnesses mentioned them; witnesses may be asked only through the witness custodian.
    """

    gaps: tuple[tuple[str, Node], ...]
    statement: str
    kind: str
    custodian: bool = False

    @property
    def text(self) -> str:
        """The question as a sentence."""
        them = "it" if len({node.id for _, node in self.gaps}) == 1 else "them"
        if self.statement:
            of = STATEMENTS.get(self.kind, self.kind)
            ask = f"{of} {self.statement} is about {them} and does not say; ask who answers for it"
        elif self.custodian:
            ask = f"witnesses spoke of {them}; ask through the witness custodian whether they know"
        else:
            ask = f"nobody who could be asked has spoken of {them}"
        wanted = " and ".join(f"who {RELATIONS[name].says} {name_with_id(node)}" for name, node in self.gaps)
        return f"{begin(wanted)}: {ask}."


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer on who is behind some entities.

    Attributes:
        rows: one for each entity. common: people and things that link several entities, strongest first.
        against: denied links, with the statements that deny them.
        gaps: sentences on questions that no statement answers. lone: sentences on links with a single source.
        moved: people whose rank would change without the evidence that moves it most.
        questions: questions to close the gaps, best first.
        absent: number of requested entities that this reader cannot see or that do not exist.
        truncated: whether there are more links than were read.
    """

    rows: tuple[AnswerRow, ...] = ()
    common: tuple[Common, ...] = ()
    against: tuple[Against, ...] = ()
    gaps: tuple[str, ...] = ()
    lone: tuple[str, ...] = ()
    moved: tuple[MovedRank, ...] = ()
    questions: tuple[OpenQuestion, ...] = ()
    absent: int = 0
    truncated: bool = False

    @property
    def subject_name(self) -> str:
        """The subject of the answer in words: a single entity by its name, several by number and kind."""
        if len(self.rows) == 1:
            return self.rows[0].about.name
        return count(len(self.rows), self.kind)

    @property
    def kind(self) -> str:
        """The kind of the entities that the answer is about; `entity` if they are of several kinds, or none."""
        kinds = {row.about.kind for row in self.rows}
        return kinds.pop() if len(kinds) == 1 else "entity"

    @property
    def acts(self) -> tuple[str, ...]:
        """Relations that occur in the answer, arranging ones first: the columns of the overview table."""
        kinds = dict.fromkeys(node.kind for row in self.rows for node in (row.about, *(near for near, _ in row.along)))
        named_relations = {part.edge.relation for row in self.rows for part in row.said}
        return tuple(dict.fromkeys(name for kind in kinds for name in relations(kind) if name in named_relations))

    @property
    def brief(self) -> tuple[str, ...]:
        """The first `acts` that fit in the overview table; relations that every answer should cover come first."""
        chosen = sorted(self.acts, key=lambda name: name not in EXPECTED_ACTS)[:_BRIEF]
        return tuple(name for name in self.acts if name in chosen)

    @property
    def cut(self) -> str:
        """Note that the answer is incomplete, or an empty text."""
        return CUT if self.truncated else ""

    @property
    def passed_over(self) -> str:
        """Note that some of the requested entities do not exist for this reader, or an empty text."""
        return gone_text(self.absent, "of those asked about") if self.absent else ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of `table`, in order."""
        return COLUMNS

    def table(self) -> list[list[Any]]:
        """Return a row of `COLUMNS` for each link to a person, and one row for each entity without such links."""
        return [_row(row, part) for row in self.rows for part in row.said or (None,)]

    @property
    def beside(self) -> list[str]:
        """Notes that the table lacks: that the answer is cut, how many entities are missing, and the gaps."""
        return [*filter(None, (self.cut, self.passed_over)), *self.gaps]

    def plain(self) -> dict[str, Any]:
        """Return the answer as plain data, for the page, its JSON twin and the command."""
        return {
            "asked": self.subject_name,
            "kind": self.kind,
            "acts": list(self.acts),
            "brief": list(self.brief),
            "rows": [
                {
                    "about": _node_fields(row.about),
                    "along": [
                        _node_fields(node)
                        | {
                            "belief": edge.belief,
                            "denied": edge.denied,
                            "denying": edge.denying,
                            "doubtful": edge.doubtful,
                            "weak": is_weak(edge),
                        }
                        for node, edge in row.along
                    ],
                    "carried": row.carried,
                    "said": [_part_fields(part) for part in row.said],
                    "missing": [name for name, _ in row.missing],
                    "unnamed": unnamed_sentence(row),
                    "denied": bool(denied_parts(row)),
                }
                for row in self.rows
            ],
            "common": [
                {
                    "who": _node_fields(shared.who),
                    "rows": [_node_fields(row) for row in shared.rows],
                    "said": [_part_fields(part) for part in shared.said],
                    "ties": [{"by": _node_fields(near)} | _figures(edge) for near, edge in shared.ties],
                    "strength": significant(shared.strength),
                }
                for shared in self.common
            ],
            "against": [
                _part_fields(item.said)
                | {
                    "target": _node_fields(item.target),
                    "denials": [asdict(each) | {"text": each.text, "says": each.says} for each in item.denials],
                }
                for item in self.against
            ],
            "gaps": list(self.gaps),
            "lone": list(self.lone),
            "moved": [
                {"who": _node_fields(each.said.who), "rank": each.rank, "moves": each.moves} for each in self.moved
            ],
            "questions": [
                {
                    "gaps": [{"relation": name, "about": _node_fields(node)} for name, node in question.gaps],
                    "statement": question.statement,
                    "kind": question.kind,
                    "text": question.text,
                }
                for question in self.questions
            ],
            "absent": self.absent,
            "passed_over": self.passed_over,
            "cut": self.cut,
        }


def behind(
    rows: Sequence[AnswerRow],
    view: Picture,
    questions: Sequence[OpenQuestion] = (),
    denials: Iterable[tuple[LinkKey, Denial]] = (),
    *,
    absent: int = 0,
    truncated: bool = False,
) -> Answer:
    """Build the answer from its rows and from a picture that includes the links of the people behind the entities."""
    return Answer(
        tuple(rows),
        tuple(common(rows, view)),
        tuple(against(rows, denials)),
        tuple(gaps(rows)),
        tuple(lone(rows)),
        tuple(rank_changes(rows)),
        tuple(questions),
        absent,
        truncated,
    )


def _node_fields(node: Node) -> dict[str, Any]:
    return {name: getattr(node, name) for name in ("id", "name", "kind", "sort", "sealed", "identified")}


def _figures(edge: Edge) -> dict[str, Any]:
    return {name: getattr(edge, name) for name in ("subject", "object", *_FIGURES)}


def _part_fields(part: PartSaid) -> dict[str, Any]:
    lead = part.lead
    return _figures(part.edge) | {
        "who": _node_fields(part.who),
        "what": _node_fields(part.what) if part.what else None,
        "weak": part.is_weak,
        "strength": part.strength,
        "hardly": part.is_hardly_believed,
        "by_weak_way": part.by_weak_way,
        "served": part.served,
        "served_many": part.served_many,
        "coerced": [{"id": identifier, "name": name} for identifier, name in part.coerced],
        "rank": lead.rank if lead else None,
        "best_rank": lead.best if lead else None,
        "worst_rank": lead.worst if lead else None,
        "rests_on": lead.rests_on if lead else "",
        "moved_by": lead.moved_by if lead else "",
        "rank_without": lead.rank_without if lead else None,
    }


def _row(row: AnswerRow, part: PartSaid | None) -> list[Any]:
    plain = {"about": row.about.id, "about_name": row.about.name, "not_known": unnamed_sentence(row)}
    if part is not None:
        coerced = [name for _, name in part.coerced]
        plain = _part_fields(part) | {"who": part.who.id, "name": part.who.name, "coerced": coerced} | plain
        plain["denied"] = part.edge.denial
    return [plain.get(column) for column in COLUMNS]
