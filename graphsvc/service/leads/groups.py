"""Groups of witnesses who depend on each other, why they do, and people's decisions on that.

Everything here needs source clearance: it shows pseudonyms of sources and their common circumstances. Readers without
clearance for C see only what P statements say, and only decisions made under P.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import combinations, count
from typing import Any

from graphsvc.access.decisions.pairs import PAIR_KINDS, Pairing, no_such_pairing, require_decision
from graphsvc.access.people import policy
from graphsvc.analysis.claims.dependence import COLOURS, Shared, groups, in_common
from graphsvc.analysis.claims.independence import independent
from graphsvc.cases.graph.figures import FAMILY, RECRUITER, RECRUITING
from graphsvc.cases.jobs import Job
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.records.lines import require_reason
from graphsvc.records.progress import Progress
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import Depending, LeadCaches
from graphsvc.views.wording import SIGNS

__all__ = ["PAIR_KINDS", "Groups", "Pairing", "WitnessGroup"]

_KIND = "regroup"


@dataclass(frozen=True, slots=True)
class WitnessGroup:
    """Sources that depend on each other, and why.

    Attributes:
        number: its number, the same on every page: see `Groups.numbers`.
        sources: pseudonyms, sorted.
        shared: what two or more sources have in common that makes them depend on each other. The relative behind a
            `family` entry is left out, since it may be one of them.
        decided: decisions in force on pairs of these sources.
    """

    number: str
    sources: tuple[str, ...]
    shared: tuple[Shared, ...]
    decided: tuple[Pairing, ...]


class Groups:
    """Groups of witnesses of one case, and decisions on them."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._caches = ask.home.caches(LeadCaches)

    def of(self, sources: Collection[str] | None = None) -> list[WitnessGroup]:
        """Return the groups formed by some sources, or by all sources of the case, largest first.

        Sources that do not exist, or that this reader may not see, are left out.

        Raises:
            Refused: without source clearance, or without a role that analyses.
            Busy: the case is being imported.
        """
        return self.with_colours(sources)[0]

    def colouring(self, sources: Collection[str] | None = None) -> tuple[float, list[Shared]]:
        """Return how many independent statements some sources are worth, and circumstances shared across groups.

        Args:
            sources: pseudonyms; None for the whole case.

        Returns:
            The effective number (`analysis.claims.independence`), and things that witnesses of different groups share
            but that do not make them one group.

        Raises:
            Refused: as `of`.
        """
        return self.with_colours(sources)[1:]

    def with_colours(self, sources: Collection[str] | None = None) -> tuple[list[WitnessGroup], float, list[Shared]]:
        """Return the results of `of` and `colouring`, logged as one act. Raises as they do."""
        with self._act("analyse", query="groups") as outcome:
            shared, keys, _ = self._depending()
            wanted = shared.keys() if sources is None else shared.keys() & set(sources)
            lasting = [pairing for pairing in self._pairings(shared) if pairing.ended_at is None]
            sets = groups(wanted, keys)
            denied = self._denied_recruiters()
            witness_groups = [
                _group(number, those, shared, lasting, denied)
                for number, those in zip(self.numbers(sets), sets, strict=True)
            ]
            group = {source: number for number, those in enumerate(sets) for source in those}
            across = [
                overlap
                for overlap in in_common(wanted, shared)
                if overlap.reason in COLOURS
                # If people decided that two sources are independent, the two no longer share a key of this kind.
                and any(
                    group[source] != group[second]
                    and any(key.startswith(f"{overlap.reason} ") for key in keys[source] & keys[second])
                    for source, second in combinations(overlap.sources, 2)
                )
            ]
            outcome["rows"], outcome["sources"] = len(witness_groups), set(wanted)
        witness_groups.sort(key=lambda group: (-len(group.sources), group.sources))
        return witness_groups, independent(wanted, keys, self._ask.home.weights.shared), across

    def numbers(self, parts: Sequence[Collection[str]]) -> list[str]:
        """Return a number for each group of witnesses: that of its group in the whole case, where the largest is `1`.

        Among the sources of one figure, a group of the case may fall into parts: these get `3.1`, `3.2` and so on.

        Args:
            parts: groups of sources.

        Raises:
            Refused: without source clearance.
            NotFound: this reader may see none of the sources of a part.
        """
        self._require_sources()
        _, _, numbers = self._depending()
        whole = [min((numbers[source] for source in part if source in numbers), default=0) for part in parts]
        if 0 in whole:
            raise NotFound("There is no such group of witnesses that you can see in this case.")
        part = {number: count(1) for number in whole}
        return [f"{number}.{next(part[number])}" if whole.count(number) > 1 else str(number) for number in whole]

    def whole_groups(self, sources: Set[str]) -> dict[str, tuple[str, ...]]:
        """Map number to sources, for each group of the case with any of these sources. Raises as `numbers`."""
        self._require_sources()
        _, _, numbers = self._depending()
        members: dict[int, list[str]] = {numbers[source]: [] for source in sorted(sources & numbers.keys())}
        for source, number in numbers.items():
            if number in members:
                members[number].append(source)
        return {str(number): tuple(sorted(of)) for number, of in members.items()}

    def pairings(self) -> list[Pairing]:
        """Return decisions on pairs of sources, newest first, including those taken back.

        Raises:
            Refused: as `of`.
        """
        with self._act("analyse", query="pairings") as outcome:
            pairings = self._pairings(self._shares())
            outcome["rows"], outcome["sources"] = (
                len(pairings),
                {source for pairing in pairings for source in pairing.pair},
            )
        return pairings

    def decide(self, source: str, partner: str, kind: str, reason: str, progress: Progress, handling: str = "") -> str:
        """Decide that two sources are `independent` or `dependent`, whatever was computed; return the decision's id.

        Every figure based on these sources is recomputed. Until that is done, the case is closed to affected readers.

        Args:
            source: pseudonym of a source.
            partner: pseudonym of the other source.
            kind: one of PAIR_KINDS.
            reason: why; sealed, and masked like all text of the case.
            progress: receives progress reports.
            handling: `P` if the decision counts for readers cleared for P alone, `C` if not; empty for the reader's own
                level.

        Raises:
            Refused: role or source clearance is missing.
            NotFound: a source does not exist, or this reader may not see it.
            RequestError: they are not a pair, the reason is missing, or the same decision is in force already.
            Busy: the case is being imported.
        """
        with self._act(_KIND, step="decide", kind=kind if kind in PAIR_KINDS else "") as outcome:
            handling = self._decidable((source, partner), handling)
            outcome["sources"], outcome["rows"] = {source, partner}, 1
            case, pairs = self._ask.case, self._ask.home.pairs
            decision = ((source, partner), kind, handling, reason, self._ask.principal.name)
            return self._ask.home.casework.regroup(
                case,
                lambda key: pairs.with_decided(case, key, *decision),
                lambda key, state: pairs.decide(case, key, *decision, state),
                progress,
            )

    def end(self, pairing: str, reason: str, progress: Progress) -> None:
        """Take back a decision on two sources; it stays in the list. Raises as `decide`."""
        with self._act(_KIND, step="end") as outcome:
            mine = {decision.id: decision for decision in self._pairings(self._shares()) if decision.ended_at is None}
            if pairing not in mine:
                raise no_such_pairing()
            outcome["sources"], outcome["rows"] = set(mine[pairing].pair), 1
            case, pairs = self._ask.case, self._ask.home.pairs
            require_reason(reason)
            self._ask.home.casework.regroup(
                case,
                lambda key: pairs.without(case, key, pairing),
                lambda key, state: pairs.end(case, key, pairing, reason, self._ask.principal.name, state),
                progress,
            )

    def start_deciding(self, source: str, partner: str, kind: str, reason: str, handling: str = "") -> str:
        """Start a job that decides on two sources; return its id. Errors known at the start raise as in `decide`."""
        self._require_regrouping()
        require_decision((source, partner), kind, self._decidable((source, partner), handling), reason)
        return self._regrouping(lambda progress: self.decide(source, partner, kind, reason, progress, handling))

    def start_ending(self, pairing: str, reason: str) -> str:
        """Start a job that takes back a decision; return its id. Errors known at the start raise as in `end`."""
        self._require_regrouping()
        require_reason(reason)
        if pairing not in {decision.id for decision in self._pairings(self._shares()) if decision.ended_at is None}:
            raise no_such_pairing()
        return self._regrouping(lambda progress: self.end(pairing, reason, progress))

    def job(self, job: str, wait_s: float = 0.0) -> Job:
        """Return the reader's own job of deciding on two sources in this case.

        Raises:
            NotFound: there is no such job.
        """
        policy.require_case(self._ask.principal, self._ask.case)
        work = self._ask.home.jobs.one(job, self._ask.case, self._ask.principal.name, wait_s)
        if work.account != self._ask.principal.name or work.kind != _KIND:
            raise NotFound("There is no such work of yours in this case.")
        return work

    # -- helpers ----------------------------------------------------------------------------------------------

    def _depending(self) -> Depending:
        return self._caches.depending.of(self._ask.state, self._number_groups)

    def _number_groups(self) -> Depending:
        shared, keys = self._ask.home.register.depending(self._ask.case, self._ask.key, self._level)
        every = sorted(groups(shared, keys), key=lambda group: (-len(group), min(group)))
        return shared, keys, {source: number for number, group in enumerate(every, start=1) for source in group}

    @property
    def _level(self) -> str:
        return "all" if self._ask.grant.handling == "C" else "p"

    @contextmanager
    def _act(self, action: str, **detail: Any) -> Iterator[dict[str, Any]]:
        """Log one act that needs source clearance."""
        with self._ask.act(action, **detail) as outcome:
            self._require_sources()
            yield outcome

    def _require_sources(self) -> None:
        if not self._ask.grant.sources:
            raise Refused("Which witnesses depend on each other takes source clearance. An administrator can give it.")

    def _require_regrouping(self) -> None:
        policy.require(self._ask.principal, _KIND)
        self._require_sources()

    def _shares(self) -> dict[str, list[tuple[str, str]]]:
        """Map each source that this reader may see to its circumstances."""
        return self._ask.home.register.shared_things(self._ask.case, self._level)

    def _denied_recruiters(self) -> frozenset[str]:
        """Find the people whose recruiting of anyone is denied or contested."""
        rows = self._ask.rows("hubs.contested", whole=True).dicts()
        return frozenset(row["subject"] for row in rows if row["relation"] in RECRUITING)

    def _pairings(self, shared: Collection[str]) -> list[Pairing]:
        """Return the decisions this reader may see: within their handling codes, on sources visible to them."""
        key = self._ask.key
        return [
            pairing
            for pairing in self._ask.home.pairs.of(self._ask.case, key)
            if pairing.handling in self._ask.grant.codes and pairing.one in shared and pairing.other in shared
        ]

    def _decidable(self, pair: Collection[str], handling: str) -> str:
        """Return the handling code for a decision on two sources.

        Raises:
            NotFound: one of them does not exist, or this reader may not see it.
            Refused: the code is C, and the person is not cleared for it.
            RequestError: the code is P, but one of the sources made statements under C alone.
        """
        wanted = handling or self._ask.grant.handling
        if wanted == "C" and self._ask.grant.handling != "C":
            raise Refused(f"This takes clearance for handling code C in the case {self._ask.case}.")
        shared = self._shares()
        for source in pair:
            if source not in shared:
                raise NotFound(f"There is no source of a witness {source[:40]!r} that you can see in this case.")
        if wanted == "P" and not set(pair) <= self._ask.home.register.shared_things(self._ask.case, "p").keys():
            raise RequestError("One of these sources speaks under handling code C alone, so decide under C.")
        return wanted

    def _regrouping(self, work: Callable[[Progress], object]) -> str:
        def run(progress: Progress) -> dict[str, Any]:
            work(progress)
            return {}

        return self._ask.home.jobs.start(self._ask.principal.name, self._ask.case, _KIND, run)


def _is_denied(overlap: Shared, recruiters: Collection[str]) -> bool:
    return overlap.reason == RECRUITER and overlap.thing in recruiters


def _group(
    number: str,
    sources: frozenset[str],
    shared: dict[str, list[tuple[str, str]]],
    lasting: list[Pairing],
    denied: Collection[str],
) -> WitnessGroup:
    overlaps = [
        replace(overlap, thing="")
        if overlap.reason == FAMILY
        else replace(overlap, denied=SIGNS["denied"] if _is_denied(overlap, denied) else "")
        for overlap in in_common(sources, shared)
        if overlap.reason not in COLOURS
    ]
    return WitnessGroup(
        number,
        tuple(sorted(sources)),
        tuple(overlaps),
        tuple(pairing for pairing in lasting if sources.issuperset(pairing.pair)),
    )
