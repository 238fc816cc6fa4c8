"""Shows that each test of a protection fails when the protection is switched off.

    python -m tests.leaks.mutations              # all of them: takes a while
    python -m tests.leaks.mutations caches csp   # some

Each mutation is put into a copy of the checkout, its test is run there and has to fail; the table that is printed is
the one in `README.md`. `test_mutations.py` holds that every text to be replaced stands in the code exactly once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_IGNORED = shutil.ignore_patterns(".git", ".venv", ".cache", "build", "dist", "__pycache__", ".*_cache", ".hypothesis")
_FAILED = 1  # pytest's status where tests ran and failed; anything else is a fault of the mutation
_LONGEST_S = 1200
_CLASSES = "tests/leaks/test_classes.py"
_GROWING = "tests/leaks/test_growing.py"
_TOLD = "tests/access/test_told_as_one.py"
_TYPED = "tests/access/test_freetext.py"
_WRITING = "tests/service/test_writing.py"
_EXPORTS = "tests/service/test_exporting.py"
_LEFT_OUT = "tests/service/test_left_out.py"
_DOOR = "tests/web/test_door.py"
_GROUPING = "tests/service/test_grouping.py"
_STANDING = "tests/service/test_standing.py"
_SEALINGS = "tests/service/test_sealings.py"
_OVER_TIME = "tests/leaks/test_over_time.py"
_LOST = "tests/service/test_lost.py"
_PICTURES = "tests/service/test_pictures.py"
_WAITING = "tests/service/test_waiting.py"
_ENTERING = "tests/service/test_entering.py"
_CANARIES = "tests/leaks/test_canaries.py"
_GRAPH = f"{_CANARIES}::test_the_graph_is_given_nothing_of_the_vault"
_FAULT = f"{_CLASSES}::test_a_fault_of_the_software_tells_nothing_but_where"


@dataclass(frozen=True)
class Mutation:
    """One protection, and how to switch it off.

    Attributes:
        name: short, for the command. protects: what the protection is, in words.
        file: where it stands. old: its text, once in the file. new: what stands there when it is off.
        test: what must fail then.
    """

    name: str
    protects: str
    file: str
    old: str
    new: str
    test: str


MUTATIONS = (
    Mutation(
        "handling",
        "the gate binds the handling codes a reader may see",
        "graphsvc/access/door/gate.py",
        '"handling": grant.claim_codes,',
        '"handling": ["P", "C"],',
        f"{_CLASSES}::test_counts_are_of_what_is_seen",
    ),
    Mutation(
        "figures",
        "the gate binds figures of links at the reader's level",
        "graphsvc/access/door/gate.py",
        '**figure_names(conditional=grant.handling == "C", sources=grant.sources)',
        "**figure_names(conditional=True, sources=grant.sources)",
        f"{_GROWING}::test_what_is_hidden_moves_nothing",
    ),
    Mutation(
        "query",
        "every query keeps to the handling codes",
        "cypher/cases/counts.cypher",
        "WHERE n.handling IN $handling",
        "WHERE true",
        f"{_CLASSES}::test_counts_are_of_what_is_seen",
    ),
    Mutation(
        "neighbours",
        "what is counted beside a node is what the reader sees",
        "cypher/entities/find.cypher",
        "WHERE r[$belief] IS NOT NULL AND m.handling IN $handling",
        "WHERE true",
        f"{_GROWING}::test_what_is_hidden_moves_nothing",
    ),
    Mutation(
        "apart",
        "namesakes are told apart by ties that the reader sees",
        "cypher/entities/apart.cypher",
        "AND m.handling IN $handling AND r[$belief] >= 0.25",
        "",
        "tests/service/test_searching.py::test_what_is_hidden_moves_nothing_of_what_is_found",
    ),
    Mutation(
        "grow",
        "what a node would bring in is counted among what the reader sees",
        "cypher/network/growth.cypher",
        "WHERE n.handling IN $handling AND m.handling IN $handling AND r[$belief] >= $least",
        "WHERE true OR r[$belief] >= $least",
        f"{_GROWING}::test_what_is_hidden_moves_nothing",
    ),
    Mutation(
        "ways",
        "which witnesses lead to somebody takes source clearance",
        "graphsvc/service/network/paths.py",
        'if kind == "accounts" and not self._ask.grant.sources:',
        'if kind == "no-such" and not self._ask.grant.sources:',
        "tests/service/test_paths.py::test_what_witnesses_say_leads_to_someone_for_those_cleared_for_sources",
    ),
    Mutation(
        "through",
        "witnesses are one mark on the way to a lead without source clearance",
        "graphsvc/service/leads/through.py",
        "return {lead: self._look(lead)[1].paths for lead in leads}",
        "pass",
        "tests/service/test_witnesses.py::test_without_it_witnesses_are_one_mark_that_leads_nowhere",
    ),
    Mutation(
        "counted",
        "those carried or served are counted among what the reader sees",
        "cypher/network/counted.cypher",
        "WHERE n.handling IN $handling AND m.handling IN $handling AND r[$belief] >= $least",
        "WHERE true OR r[$belief] >= $least",
        "tests/service/test_answers.py::test_those_carried_are_counted_among_what_the_reader_sees",
    ),
    Mutation(
        "sought",
        "nothing of somebody sealed can be searched for",
        "graphsvc/cases/image/graphing.py",
        "properties[SEARCH] = entity_terms(shown, properties)",
        "properties[SEARCH] = entity_terms(identifier, row.values)",
        "tests/service/test_searching.py::test_nothing_of_somebody_sealed_is_in_the_index",
    ),
    Mutation(
        "case",
        "every query keeps to the case",
        "cypher/cases/counts.cypher",
        "MATCH (n:Entity {case: $case})",
        "MATCH (n:Entity) WHERE n.case = $case OR true WITH n",
        f"{_CLASSES}::test_another_case_beside_it_changes_no_count",
    ),
    Mutation(
        "granted",
        "a case takes a grant",
        "graphsvc/access/people/policy.py",
        "    if grant is None:\n        raise no_such_case(case)\n    return grant",
        '    return grant or Grant("C", sources=True)',
        f"{_CLASSES}::test_a_case_that_is_not_yours_takes_the_work_of_one_that_is_not_there",
    ),
    Mutation(
        "not-yours",
        "not there and not yours are the same answer",
        "graphsvc/access/people/policy.py",
        "    if grant is None:\n        raise no_such_case(case)\n    return grant",
        '    if grant is None:\n        raise Refused(f"The case {case} is not yours.")\n    return grant',
        f"{_CLASSES}::test_a_case_that_is_not_yours_takes_the_work_of_one_that_is_not_there",
    ),
    Mutation(
        "roles",
        "no role but a reading one opens a case",
        "graphsvc/access/people/policy.py",
        '"read": _READERS,',
        '"read": _READERS | {"administrator"},',
        "tests/web/test_roles.py::test_the_case_opens_to_neither_and_shows_nowhere",
    ),
    Mutation(
        "source",
        "sources and interests take source clearance",
        "graphsvc/access/door/redact.py",
        "        return grant.sources\n",
        "        return True\n",
        f"{_GROWING}::test_no_source_is_told_without_source_clearance",
    ),
    Mutation(
        "shares",
        "what claims do to a score is told in quarters without source clearance",
        "graphsvc/service/leads/leads.py",
        "key: told_score(share) for",
        "key: share for",
        "tests/web/test_frame.py::test_without_source_clearance_no_source_and_few_groups",
    ),
    Mutation(
        "conditional",
        "columns of the deliverer's own take clearance for C",
        "graphsvc/access/door/redact.py",
        '        return grant.handling == "C"\n',
        "        return True\n",
        "tests/access/test_redact.py::test_every_property_is_released_by_its_sensitivity",
    ),
    Mutation(
        "undeclared",
        "a column without a declared sensitivity does not come out",
        "graphsvc/access/door/redact.py",
        'return sensitivity in ("open", "identity", "text", "voices")',
        "return True",
        "tests/access/test_redact.py::test_what_is_not_declared_never_comes_out",
    ),
    Mutation(
        "homes",
        "where somebody sealed lives is sealed with them",
        "graphsvc/cases/image/standing.py",
        '    for table, why in (("things", WITH_THEIRS), ("workplaces", WHERE_THEY_LIVE)):',
        '    for table, why in (("things", WITH_THEIRS),):',
        "tests/service/test_values.py::test_of_the_home_of_somebody_sealed_nothing_stands_in_the_graph",
    ),
    Mutation(
        "leads-to",
        "what leads to somebody sealed is in no export",
        "graphsvc/views/picture/export.py",
        'theirs = {node.id for node in view.nodes if node.kind != "person" and _PSEUDONYM.fullmatch(node.id)}',
        "theirs = set[str]()",
        "tests/views/test_export.py::test_what_leads_to_somebody_sealed_never_goes_out",
    ),
    Mutation(
        "waits",
        "what a witness says waits to open with what others say",
        "graphsvc/service/deliveries/form.py",
        'return bool(self._ask.home.account_times) and form.statement.get("kind") == "witness" and not form.of',
        "return False",
        f"{_WAITING}::test_an_account_is_nowhere_before_it_opens_with_others",
    ),
    Mutation(
        "together",
        "who added an account that opened with others is not told",
        "graphsvc/service/deliveries/deliveries.py",
        'if row["opened_at"] is None or self._is_told(row["account"]):',
        "if True:",
        f"{_WAITING}::test_an_account_is_nowhere_before_it_opens_with_others",
    ),
    Mutation(
        "held-back",
        "an account that is held back opens to nobody",
        "graphsvc/cases/deliveries/batches.py",
        "if not wait.held and wait.since < at",
        "if wait.since < at",
        f"{_WAITING}::test_one_that_is_held_back_opens_when_it_is_let_go",
    ),
    Mutation(
        "few-as-one",
        "who of few witnesses spoke, how many and how well moves no score without source clearance",
        "graphsvc/analysis/score/basis.py",
        "encode(as_told(claims, dependence, few_below), {}, weights) if few_below else ledger",
        "ledger",
        f"{_TOLD}::test_no_graph_table_or_explanation_of_a_notebook_does",
    ),
    Mutation(
        "some",
        "what few witnesses alone speak of has one belief",
        "graphsvc/analysis/score/folding.py",
        "return told.SOME if few_alone and belief > 0 else told.belief(belief)",
        "return told.belief(belief)",
        f"{_TOLD}::test_belief_cannot_be_probed_between_its_steps",
    ),
    Mutation(
        "few",
        "few witnesses read as few",
        "graphsvc/access/door/redact.py",
        "return groups + others if grant.sources or groups == 0 or groups >= few_below else FEW",
        "return groups + others",
        "tests/access/test_redact.py::test_few_groups_and_claims_are_told_as_few_without_source_clearance",
    ),
    Mutation(
        "explained",
        "why someone is a lead names no source without source clearance",
        "graphsvc/service/leads/leads.py",
        "self._explained(identifier) if self._ask.grant.sources else self._retold(identifier)",
        "self._explained(identifier)",
        f"{_GROWING}::test_no_source_is_told_without_source_clearance",
    ),
    Mutation(
        "closed",
        "what was computed of a case is not told while it is closed",
        "graphsvc/service/ask.py",
        "version = self.require_open() if self._look is None else self._look.version",
        "version = self.version",
        f"{_SEALINGS}::test_what_was_computed_before_is_not_told_of_a_case_that_a_sealing_has_closed",
    ),
    Mutation(
        "kept",
        "what is kept in memory is kept for one level",
        "graphsvc/service/ask.py",
        "return self.case, version, self.grant.handling",
        'return self.case, version, ""',
        f"{_GROWING}::test_what_is_hidden_moves_nothing",
    ),
    Mutation(
        "reviews",
        "what was decided on C is not told to who sees P",
        "graphsvc/access/decided/reviews.py",
        "_ROW.c.handling.in_(grant.codes)",
        "True",
        "tests/service/test_reviewing.py::test_who_is_cleared_for_less_is_not_told_of_what_was_decided_on_more",
    ),
    Mutation(
        "reasons",
        "why a lead was judged so by who knows sources is for who may",
        "graphsvc/service/leads/reviews.py",
        "withheld = review.sources and not self._ask.grant.sources",
        "withheld = False",
        "tests/service/test_reviewing.py::test_words_and_exact_figures_of_who_knows_sources_are_for_those_who_do",
    ),
    Mutation(
        "questions",
        "questions about what witnesses said are for who knows sources",
        "graphsvc/service/leads/questions.py",
        'kinds = ("witness", *OPEN_KINDS) if self._ask.grant.sources else OPEN_KINDS',
        'kinds = ("witness", *OPEN_KINDS)',
        "tests/service/test_weighing.py::test_who_does_not_is_told_of_reports_without_numbers_and_that_a_custodian_has_one",
    ),
    Mutation(
        "falsehood",
        "what false accounts could do is for who knows sources",
        "graphsvc/service/leads/leads.py",
        '        if not self._ask.grant.sources:\n            raise Refused("What a lead rests on',
        '        if False:\n            raise Refused("What a lead rests on',
        "tests/service/test_trust.py::test_what_false_accounts_could_do_is_for_who_knows_sources",
    ),
    Mutation(
        "informants",
        "which reports are of one source is not told without source clearance",
        "graphsvc/analysis/doubt/pieces.py",
        'kinds = ("few", "statement") if told_as_one',
        'kinds = ("few", "statement", "source") if told_as_one',
        "tests/analysis/test_stability.py::test_told_as_one_nothing_says_which_reports_are_of_one_source",
    ),
    Mutation(
        "asked",
        "what was asked about C is not counted for who sees P",
        "graphsvc/access/decided/questions.py",
        "_ROW.c.handling.in_(grant.codes)",
        "True",
        "tests/service/test_weighing.py::test_what_was_asked_about_c_is_not_counted_for_who_sees_p",
    ),
    Mutation(
        "views",
        "a view of the network made with C is not there for who sees P",
        "graphsvc/cases/stores/view_store.py",
        "_ROW.c.handling.in_(self.grant.codes), theirs)",
        "theirs)",
        f"{_PICTURES}::test_a_view_made_with_more_is_not_there_for_who_sees_less",
    ),
    Mutation(
        "levels",
        "nothing of what is C is saved into a view for who sees P",
        "graphsvc/service/network/saved_views.py",
        "if not view.savable:",
        "if not view.id:",
        f"{_PICTURES}::test_who_sees_more_does_not_save_it_into_a_view_of_less",
    ),
    Mutation(
        "notes",
        "notes of who knows sources are for those who do",
        "graphsvc/cases/stores/view_store.py",
        'name, notes = f"View made on {row.created_at:%Y-%m-%d}", ""',
        "pass",
        f"{_PICTURES}::test_notes_of_who_knows_sources_are_for_those_who_do",
    ),
    Mutation(
        "tried",
        "a view keeps no id that its maker does not see",
        "graphsvc/service/network/saved_views.py",
        "visible = canvas.only(state, self._standing(canvas.named(state)))\n        links",
        "visible = state\n        links",
        f"{_PICTURES}::test_only_what_is_there_is_kept_so_that_no_id_can_be_tried",
    ),
    Mutation(
        "since",
        "what changed in a view is told at the level it was made at",
        "graphsvc/service/network/saved_views.py",
        "self._ask.as_(Grant(handling))",
        "self._ask.as_(self._ask.grant)",
        f"{_PICTURES}::test_what_changed_since_is_told_at_the_level_the_view_was_made_at",
    ),
    Mutation(
        "followed",
        "what people keep does not follow from a name to a pseudonym",
        "graphsvc/cases/stores/following.py",
        "            return identifier if shown[identifier] == identifier else None",
        "            return shown[identifier]",
        f"{_PICTURES}::test_views_and_comments_do_not_follow_from_a_name_to_a_pseudonym",
    ),
    Mutation(
        "comments",
        "a comment is told at the level of who wrote it",
        "graphsvc/service/network/comments.py",
        "return _ROW.c.case_id == self._ask.case, _ROW.c.handling.in_(self._ask.grant.codes)",
        "return (_ROW.c.case_id == self._ask.case,)",
        f"{_PICTURES}::test_a_comment_is_told_at_the_level_of_who_wrote_it",
    ),
    Mutation(
        "masking",
        "names of sealed people in free text are masked",
        "graphsvc/cases/image/texts.py",
        "return masker.mask(text, bearers.own, shared=bearers.shared).replace(_HIDDEN, SEVERAL)",
        "return text",
        _GRAPH,
    ),
    Mutation(
        "bounded",
        "a name costs little however it is made",
        "graphsvc/names/naming.py",
        "while prod(map(len, sounds)) > most:",
        "while not sounds:",
        "tests/access/test_masking_bounds.py::test_a_name_costs_little_however_long_it_is[six words of eight sounds]",
    ),
    Mutation(
        "identities",
        "columns of one's own of a sealed person, and parts of their addresses, are masked elsewhere",
        "graphsvc/names/seal.py",
        "for kind, text in cells(values, common):",
        "for kind, text in ():",
        "tests/access/test_identifiers.py::test_what_identifies_is_looked_for",
    ),
    Mutation(
        "birthdays",
        "a sealed person's date of birth is masked in text",
        "graphsvc/names/seal.py",
        'if values.get("date_of_birth"):',
        "if False:",
        "tests/access/test_identifiers.py::test_a_date_of_birth_is_looked_for_where_the_day_is_known",
    ),
    Mutation(
        "disguises",
        "a name is found in disguise",
        "graphsvc/names/looks.py",
        "return list(dict.fromkeys(texts))",
        "return [text]",
        "tests/service/test_spellings.py::test_ways_to_write_who_is_sealed_are_masked",
    ),
    Mutation(
        "sources",
        "the id of a source stands in no text",
        "graphsvc/cases/image/texts.py",
        "*_sources(state),",
        "",
        "tests/service/test_values.py::test_the_id_of_a_source_is_in_no_text",
    ),
    Mutation(
        "withheld",
        "an unsealed person's own value is not shown as somebody else's pseudonym",
        "graphsvc/cases/image/texts.py",
        "return WITHHELD if masked != text and masked.strip() in self._pseudonyms else masked",
        "return masked",
        "tests/service/test_values.py::test_an_unsealed_persons_own_value_is_not_shown_as_somebody_elses_pseudonym",
    ),
    Mutation(
        "minors",
        "people under 18 are sealed",
        "graphsvc/names/seal.py",
        "< ADULT_AT:",
        "< 0:",
        f"{_STANDING}::test_who_comes_first_is_decided_by_the_part_they_play",
    ),
    Mutation(
        "own-columns",
        "own columns of sealed people go to the vault",
        "graphsvc/names/seal.py",
        'or name in IDENTITY[record] or name.startswith("x_") or name == "category"',
        'or name in IDENTITY[record] or name == "category"',
        _GRAPH,
    ),
    Mutation(
        "things",
        "what a sealed person used is sealed with them",
        "graphsvc/cases/image/standing.py",
        "if subject in sealed and (relation in OWN or (relation in HOME and target in homes)):",
        "if relation == 'NOTHING':",
        _GRAPH,
    ),
    Mutation(
        "as-said",
        "the words for someone sealed stay in the vault",
        "graphsvc/cases/image/graphing.py",
        "if name in values and values[end] not in self._result.sealed:",
        "if name in values:",
        _GRAPH,
    ),
    Mutation(
        "disk",
        "what a delivery held is kept encrypted",
        "graphsvc/access/vault/__init__.py",
        'return encrypt(key, zlib.compress(text.encode("utf-8", "surrogatepass"), 1), what)',
        'return text.encode("utf-8", "surrogatepass")',
        "tests/service/test_pseudonyms.py::test_that_a_suspect_is_a_source_stands_in_no_node_or_relationship",
    ),
    Mutation(
        "line-first",
        "a line of the log stands before anything is asked",
        "graphsvc/access/log/audit.py",
        "    line = begin(engine, principal, purpose, action, case, **detail)\n    outcome",
        "    yield {}\n    return\n    line = begin(engine, principal, purpose, action, case, **detail)\n    outcome",
        "tests/access/test_gate.py::test_the_line_is_written_before_the_store_is_asked_and_the_outcome_after",
    ),
    Mutation(
        "telling",
        "what was typed stands in the log as its length",
        "graphsvc/access/log/disclosed.py",
        "return text if _SAFE.fullmatch(text) and name not in _FREE else characters(text)",
        "return text",
        f"{_CLASSES}::test_the_auditors_log_tells_no_name_that_was_looked_for",
    ),
    Mutation(
        "process-log",
        "the log of the process holds no message of a fault",
        "graphsvc/web/frame.py",
        'current_app.logger.error("A page failed: %s\\n%s", type(error).__name__, where)',
        'current_app.logger.error("A page failed: %s", where, exc_info=error)',
        _FAULT,
    ),
    Mutation(
        "fault",
        "a page that failed shows nothing of why",
        "graphsvc/web/frame.py",
        '"The page failed by a fault of the software. Your data is unharmed: pages only read."',
        'f"The page failed: {error}."',
        _FAULT,
    ),
    Mutation(
        "signed-in",
        "everything but what is named public takes a sign-in",
        "graphsvc/web/frame.py",
        "if g.session is None and not g.public:",
        "if g.session is None and not g.public and not request.path.endswith(('numbers', 'roles')):",
        f"{_CLASSES}::test_who_is_not_signed_in_gets_nothing",
    ),
    Mutation(
        "caches",
        "no browser or proxy keeps a page",
        "graphsvc/web/frame.py",
        'response.headers["Cache-Control"] = "no-store"',
        'response.headers["Cache-Control"] = "private"',
        f"{_CLASSES}::test_nothing_that_holds_data_can_be_cached_or_asked_for_again",
    ),
    Mutation(
        "etags",
        "no page bears a mark of its content",
        "graphsvc/web/frame.py",
        '        response.headers["Cache-Control"] = "no-store"',
        '        response.headers["Cache-Control"] = "no-store"\n        response.add_etag()',
        f"{_CLASSES}::test_nothing_that_holds_data_can_be_cached_or_asked_for_again",
    ),
    Mutation(
        "csp",
        "no script but our own runs in a page",
        "graphsvc/web/frame.py",
        "script-src 'self'; style-src",
        "script-src 'self' 'unsafe-inline'; style-src",
        f"{_CLASSES}::test_every_answer_carries_the_headers_that_keep_it_here",
    ),
    Mutation(
        "hints",
        "a rejection suggests no id that was loaded earlier",
        "graphsvc/ingest/fold.py",
        "near_id(values[column], delivered)",
        "near_id(values[column], state.kinds)",
        f"{_CLASSES}::test_a_rejection_never_names_what_the_delivery_did_not",
    ),
    Mutation(
        "lines",
        "lines of files are for who sees all of them",
        "graphsvc/service/network/entities.py",
        'self._ask.home.register.provenance(self._ask.case, claims) if self._ask.grant.handling == "C" else {}',
        "self._ask.home.register.provenance(self._ask.case, claims)",
        f"{_CLASSES}::test_lines_of_files_are_for_who_sees_all_of_them",
    ),
    Mutation(
        "history",
        "how much a delivery held is for who sees all of it",
        "graphsvc/service/deliveries/deliveries.py",
        'if self._ask.grant.handling != "C":\n                return []',
        "if not self._ask.grant:\n                return []",
        f"{_CLASSES}::test_history_is_told_to_who_sees_all_of_it",
    ),
    Mutation(
        "loading",
        "loading takes clearance for the whole case",
        "graphsvc/service/deliveries/loading.py",
        'if policy.require_case(self._ask.principal, case).handling != "C":',
        'if policy.require_case(self._ask.principal, case).handling not in "PC":',
        f"{_CLASSES}::test_who_may_not_load_learns_nothing_by_loading",
    ),
    Mutation(
        "uploads",
        "an upload is its sender's alone",
        "graphsvc/cases/stores/uploads.py",
        "                    _ROW.c.account == account,\n                    _ROW.c.case_id == case,\n",
        "                    _ROW.c.case_id == case,\n",
        f"{_CLASSES}::test_jobs_and_uploads_of_others_are_not_there",
    ),
    Mutation(
        "jobs",
        "what the error of a job said is for who began it",
        "graphsvc/cases/jobs.py",
        'self._said.get(row.id, "") if row.account == account else "",',
        'self._said.get(row.id, ""),',
        f"{_CLASSES}::test_jobs_and_uploads_of_others_are_not_there",
    ),
    Mutation(
        "grades",
        "how what a witness said is graded filters no link without source clearance",
        "cypher/network/among.cypher",
        " AND s.kind IN $voices",
        "",
        "tests/web/test_network.py::test_of_what_witnesses_said_no_grade_is_told_without_source_clearance",
    ),
    Mutation(
        "reveals",
        "an identity opens only when a second person agreed",
        "graphsvc/service/protection/reveals.py",
        "if row.state not in OPEN or not self._requests.store.opened(row.id):",
        "if False:",
        "tests/service/test_reveals.py::test_asked_agreed_opened_and_ended_for_one_person_and_all_in_the_log",
    ),
    Mutation(
        "witnesses",
        "statements of witnesses are not there one by one without source clearance",
        "graphsvc/access/door/gate.py",
        '"voices": list(STATEMENT_KINDS if grant.sources else OPEN_KINDS)',
        '"voices": list(STATEMENT_KINDS)',
        f"{_TOLD}::test_no_query_tells_one_witness_from_two",
    ),
    Mutation(
        "words",
        "a typed text calls no procedure but those allowed",
        "graphsvc/access/door/freetext.py",
        "if name and name not in PROCEDURES:",
        "if not name:",
        f"{_TYPED}::test_the_words_alone_are_refused_and_it_says_where",
    ),
    Mutation(
        "operators",
        "the plan of a typed text has no operator but those allowed",
        "graphsvc/access/door/freetext.py",
        "if not _is_operator(step.operator):",
        "if not step.operator:",
        f"{_TYPED}::test_the_plan_alone_is_refused_too",
    ),
    Mutation(
        "nested",
        "nor does a subquery inside an expression of it call others",
        "graphsvc/access/door/freetext.py",
        "for called in _hidden(step.details):",
        'for called in _hidden(""):',
        f"{_TYPED}::test_the_plan_alone_is_refused_too",
    ),
    Mutation(
        "suspended",
        "the grant for free Cypher counts every case in the graph",
        "graphsvc/access/door/cyphergate.py",
        "policy.require_cypher(principal, self._cases())",
        "policy.require_cypher(principal, self._stands())",
        f"{_WRITING}::test_a_case_that_only_the_graph_knows_suspends_the_grant",
    ),
    Mutation(
        "arrived",
        "and one that came since the last text counts too",
        "graphsvc/access/door/cyphergate.py",
        "if not state or state != known:",
        "if not known:",
        f"{_WRITING}::test_a_case_that_only_the_graph_knows_suspends_the_grant",
    ),
    Mutation(
        "applied",
        "nor is one missed that is written meanwhile",
        "graphsvc/access/door/cyphergate.py",
        "cap=100_000, after=state)",
        "cap=100_000)",
        f"{_WRITING}::test_a_case_that_is_written_while_one_looks_is_missed_for_a_moment_at_most",
    ),
    Mutation(
        "outlived",
        "an answer of free Cypher is given no more once a case was changed",
        "graphsvc/cases/cypher_runs.py",
        "(stands is not None and changed(run.stands, stands))",
        "False",
        f"{_WRITING}::test_no_answer_outlives_who_is_sealed_or_erased_in_it",
    ),
    Mutation(
        "meanwhile",
        "nor one of a text during which a case was changed",
        "graphsvc/access/door/cyphergate.py",
        "if changed(stands, self._stands()):",
        "if False:",
        f"{_WRITING}::test_nothing_is_given_of_a_text_during_which_a_case_was_changed",
    ),
    Mutation(
        "texts",
        "a text in the log that was changed or taken away is found",
        "graphsvc/access/log/cyphertexts.py",
        "if text.note in (GONE, CHANGED):",
        "if not text.note:",
        f"{_WRITING}::test_the_log_holds_text_and_sources_and_finds_a_text_that_was_changed",
    ),
    Mutation(
        "exposure",
        "an export that could give somebody away takes a second person",
        "graphsvc/service/exports/exports.py",
        '"state": "held" if safe else "waiting",',
        '"state": "held",',
        f"{_EXPORTS}::test_below_the_number_another_person_has_to_agree",
    ),
    Mutation(
        "retold",
        "an export does not go out once the case tells less than is in it",
        "graphsvc/service/exports/given.py",
        "if not self._told_still(row):",
        "if False:",
        f"{_EXPORTS}::test_what_the_case_does_not_tell_any_more_does_not_go_out",
    ),
    Mutation(
        "fetching",
        "nor one that is taken away while it is fetched",
        "graphsvc/service/exports/given.py",
        'raise Refused(_CLOSED["removed"])',
        "pass",
        f"{_EXPORTS}::test_what_is_taken_away_while_it_is_fetched_does_not_go_out",
    ),
    Mutation(
        "recipients",
        "pseudonyms in exports are new for each recipient",
        "graphsvc/cases/stores/export_store.py",
        'f"export pseudonyms\\0{case}\\0{recipient}"',
        'f"export pseudonyms\\0{case}"',
        f"{_EXPORTS}::test_pseudonyms_are_new_for_each_recipient_and_the_same_for_one",
    ),
    Mutation(
        "places",
        "where somebody cleared for C put things does not go with what P alone says",
        "graphsvc/service/exports/exports.py",
        "wanted.arranged if handling == self._ask.grant.handling else {}",
        "wanted.arranged",
        f"{_EXPORTS}::test_it_goes_as_it_was_arranged_but_not_at_a_stricter_code",
    ),
    Mutation(
        "outward",
        "of a node nothing goes out but what is said to",
        "graphsvc/views/picture/export.py",
        '                handling="",\n',
        "",
        "tests/views/test_forms.py::test_of_a_node_nothing_goes_out_but_what_is_said_to",
    ),
    Mutation(
        "chart",
        "a chart declares nothing and loads nothing from elsewhere",
        "graphsvc/ingest/i2/anx.py",
        "forbid_dtd=True",
        "forbid_dtd=False",
        "tests/ingest/test_chart.py::test_what_is_no_chart_is_refused_in_one_sentence",
    ),
    Mutation(
        "interest",
        "a claim's mark of interest rests on what the reader may see",
        "graphsvc/records/properties.py",
        "for figure in (*LINK_FIGURES, INTEREST)\n    }",
        "for figure in LINK_FIGURES\n    } | {INTEREST: INTEREST}",
        "tests/service/test_interest.py::test_without_what_is_under_c_there_is_no_mark_of_it",
    ),
    Mutation(
        "groups",
        "which witnesses depend on each other takes source clearance",
        "graphsvc/service/leads/groups.py",
        "        if not self._ask.grant.sources:\n",
        "        if not self._ask.grant:\n",
        "tests/web/test_groups.py::test_it_takes_source_clearance_and_stands_in_the_rail_for_those_who_have_it",
    ),
    Mutation(
        "family",
        "through whom witnesses are family is not told",
        "graphsvc/service/leads/groups.py",
        'replace(overlap, thing="") if overlap.reason == FAMILY else overlap',
        "replace(overlap)",
        f"{_GROUPING}::test_groups_are_told_with_what_is_shared_and_family_without_whom",
    ),
    Mutation(
        "deciding",
        "a decision on witnesses under C closes no case to who is cleared for P",
        "graphsvc/cases/deliveries/casework.py",
        "decision = decide(key, plan.state)",
        'decision = decide(key, "loading")',
        f"{_GROUPING}::test_a_decision_closes_the_case_to_those_for_whom_it_counts",
    ),
    Mutation(
        "pairs",
        "a decision on witnesses under C moves nothing below it",
        "graphsvc/cases/image/graphing.py",
        'if level == "all" or pairing.handling == "P"',
        "if pairing.handling",
        f"{_GROUPING}::test_what_was_decided_under_c_moves_nothing_for_those_cleared_for_p",
    ),
    Mutation(
        "history-sources",
        "the history of a statement withholds what takes source clearance",
        "graphsvc/service/deliveries/statements.py",
        'return {column.name for column in columns if not permits(self._ask.grant, f"Statement.{column.name}")}',
        "return {column.name for column in columns if not column.name}",
        f"{_ENTERING}::test_history_and_corrections_withhold_what_takes_source_clearance",
    ),
    Mutation(
        "history-search",
        "the history of a statement tells what the grant permits, and nothing of what searches look in",
        "graphsvc/service/deliveries/statements.py",
        "return says_something(name) and permits(self._grant, property_of(label, name))",
        "return says_something(name)",
        f"{_ENTERING}::test_history_and_corrections_withhold_what_takes_source_clearance",
    ),
    Mutation(
        "history-whole",
        "the history of a statement takes clearance for the whole case",
        "graphsvc/service/deliveries/statements.py",
        'if self._ask.grant.handling != "C":',
        "if not self._ask.grant.handling:",
        f"{_ENTERING}::test_it_takes_what_loading_takes",
    ),
    Mutation(
        "form-ids",
        "a form refers to nobody whom its sender cannot see",
        "graphsvc/service/deliveries/form.py",
        "if cell not in ends]",
        "if not cell]",
        f"{_ENTERING}::test_a_delivered_id_that_pages_do_not_show_is_as_one_that_is_not_there",
    ),
    Mutation(
        "form-withheld",
        "a correction changes nothing that its sender may not see",
        "graphsvc/cases/deliveries/form_rows.py",
        "for name, cell in anew.items() if name in columns}",
        "for name, cell in anew.items() if name}",
        f"{_ENTERING}::test_history_and_corrections_withhold_what_takes_source_clearance",
    ),
    Mutation(
        "clock",
        "what is live ends when the clock was set back",
        "graphsvc/access/people/live.py",
        "return latest is not None and at < latest - TOLERANCE",
        "return False",
        "tests/access/test_live.py::test_an_open_identity_ends_and_what_has_no_time_does_not",
    ),
    Mutation(
        "private-home",
        "a home that others can read is not opened",
        "graphsvc/appdb/private.py",
        "_OTHERS = stat.S_IRWXG | stat.S_IRWXO",
        "_OTHERS = 0",
        "tests/appdb/test_private.py::test_what_others_can_read_is_refused_with_the_command_that_ends_it",
    ),
    Mutation(
        "umask",
        "what a command writes is its owner's alone",
        "graphsvc/cli/__init__.py",
        "os.umask(0o077)",
        "os.umask(0o022)",
        "tests/cli/test_commands.py::test_what_a_command_writes_is_its_owners_alone",
    ),
    Mutation(
        "new-home",
        "a home that was in use gets no new database",
        "graphsvc/appdb/found.py",
        "used = [path for path in _traces(settings) if path.exists()]",
        "used = [path for path in _traces(settings) if not path]",
        "tests/appdb/test_found.py::test_a_home_that_was_in_use_gets_no_new_database",
    ),
    Mutation(
        "whole-migration",
        "a migration is whole or not at all",
        "graphsvc/appdb/migrating.py",
        'connection.exec_driver_sql("BEGIN IMMEDIATE")',
        'connection.exec_driver_sql("SELECT 1")',
        "tests/appdb/test_migrating.py::test_killed_at_every_statement_from_every_version_the_next_opening_goes_on",
    ),
    Mutation(
        "recorded",
        "that something is recorded is not told as nothing changed",
        "graphsvc/appdb/engine.py",
        "        closing.kept(noted)\n",
        "        closing.kept({})\n",
        "tests/appdb/test_standing.py::test_from_the_transaction_that_closes_a_case_to_the_one_that_opens_it",
    ),
    Mutation(
        "mark",
        "another graph than the one that was written is noticed",
        "graphsvc/store/mark.py",
        'mark = secrets.token_hex(16) if image.size() else ""',
        'mark = "0" * 32 if image.size() else ""',
        "tests/store/test_mark.py::test_every_change_bears_a_mark_of_its_own_and_other_cases_keep_theirs",
    ),
    Mutation(
        "names-of-views",
        "the name of a view that was saved with source clearance takes it",
        "graphsvc/cases/stores/view_store.py",
        'name, notes = f"View made on {row.created_at:%Y-%m-%d}", ""',
        'notes = ""',
        f"{_PICTURES}::test_name_and_look_of_who_knows_sources_are_for_those_who_do",
    ),
    Mutation(
        "look",
        "the look of a view that was saved with source clearance takes it",
        "graphsvc/cases/stores/view_store.py",
        "canvas.bare(state) if self._withheld(row) else state, links",
        "state, links",
        f"{_PICTURES}::test_name_and_look_of_who_knows_sources_are_for_those_who_do",
    ),
    Mutation(
        "named",
        "whom exports at C were for is not told at P",
        "graphsvc/cases/stores/export_store.py",
        "table.c.handling.in_(codes)",
        'table.c.handling.in_(("P", "C"))',
        f"{_EXPORTS}::test_whom_exports_at_c_were_for_is_not_told_at_p",
    ),
    Mutation(
        "earlier",
        "exports at C are not counted for who sees P",
        "graphsvc/service/exports/exports.py",
        "sum(code in self._ask.grant.codes for code, _ in given)",
        "len(given)",
        f"{_EXPORTS}::test_whom_exports_at_c_were_for_is_not_told_at_p",
    ),
    Mutation(
        "amounts",
        "a manifest tells small amounts of what does not go as few",
        "graphsvc/service/exports/exports.py",
        "coarsened(plan.taken_out, handling, self._ask.settings.few_below)",
        "plan.taken_out",
        f"{_LEFT_OUT}::test_small_amounts_are_few_in_the_manifest",
    ),
    Mutation(
        "beyond",
        "a manifest tells nothing of what its handling code does not cover",
        "graphsvc/service/exports/exports.py",
        '"taken_out": coarsened(plan.taken_out, handling',
        '"taken_out": coarsened(plan.taken_out | plan.withheld, handling',
        f"{_LEFT_OUT}::test_what_another_handling_code_has_is_told_to_who_sees_it_alone",
    ),
    Mutation(
        "hosts",
        "pages answer to known hosts only",
        "graphsvc/web/door.py",
        "len(host) > LONGEST_HOST or host_of(host) not in self._hosts",
        "len(host) > LONGEST_HOST",
        f"{_DOOR}::test_another_host_is_refused_in_one_sentence",
    ),
    Mutation(
        "links",
        "links that are sent are made of the settings",
        "graphsvc/web/accounts/people.py",
        'f"{frame.address()}/setup/',
        'f"{request.host_url}setup/',
        f"{_DOOR}::test_a_setup_link_names_the_host_of_the_settings",
    ),
    Mutation(
        "bound",
        "a session is good at its own host and port",
        "graphsvc/web/frame.py",
        'return f"{request.host} {peer.owner(request.environ)}"',
        "return peer.owner(request.environ)",
        f"{_DOOR}::test_a_session_is_good_on_its_own_host_and_port",
    ),
    Mutation(
        "user",
        "a session is good for its user of the machine",
        "graphsvc/web/frame.py",
        'return f"{request.host} {peer.owner(request.environ)}"',
        "return request.host",
        f"{_DOOR}::test_another_user_of_the_machine_cannot_use_a_session",
    ),
    Mutation(
        "path",
        "no other port is sent the cookie of a session",
        "graphsvc/web/__init__.py",
        'SESSION_COOKIE_PATH=path or "/"',
        'SESSION_COOKIE_PATH="/"',
        f"{_DOOR}::test_below_a_path_that_nobody_can_guess",
    ),
    Mutation(
        "origins",
        "a page of another origin has a browser ask for nothing",
        "graphsvc/web/frame.py",
        'if elsewhere or (site not in ("same-origin", "none") and not opens):',
        "if False:",
        f"{_DOOR}::test_what_a_page_elsewhere_sends_changes_nothing",
    ),
    Mutation(
        "ends",
        "a session ends after a set time",
        "graphsvc/access/people/accounts.py",
        "until = min(now() + extend, row.ends_at)",
        "until = now() + extend",
        f"{_DOOR}::test_a_session_ends_after_a_set_time_whatever_is_done",
    ),
    Mutation(
        "polls",
        "what a page asks by itself keeps no session alive",
        "graphsvc/web/frame.py",
        "used=not _polls()",
        "used=True",
        f"{_DOOR}::test_what_a_page_asks_by_itself_keeps_no_session_alive",
    ),
    Mutation(
        "strangers",
        "little is taken in of who is not signed in",
        "graphsvc/web/intake.py",
        "if large and not _is_signed_in(app, service, self.headers):",
        "if False:",
        "tests/web/test_intake.py::test_a_stranger_is_refused_before_the_body_is_there",
    ),
    Mutation(
        "scratch",
        "a large body waits encrypted",
        "graphsvc/access/vault/scratch.py",
        "if not self._key or not data:",
        "if True:",
        "tests/web/test_intake.py::test_what_is_large_lies_encrypted_while_it_waits",
    ),
    Mutation(
        "lockout",
        "a stranger locks nobody out",
        "graphsvc/access/people/attempts.py",
        '_Counter(("pair", name, place.site), FREE_FAILURES, LOCK_MINUTES)',
        '_Counter(("pair", name), FREE_FAILURES, LOCK_MINUTES)',
        "tests/access/test_signing_in.py::test_a_stranger_elsewhere_locks_nobody_out",
    ),
    Mutation(
        "terminal",
        "other people's text steers no terminal",
        "graphsvc/cli/printed.py",
        "return _STEERING.sub(_written, text)",
        "return text",
        "tests/cli/test_printed.py::test_control_signs_are_shown_and_not_obeyed",
    ),
    Mutation(
        "stays-sealed",
        "who is sealed stays sealed whatever later deliveries say",
        "graphsvc/cases/image/standing.py",
        'result = {name: old for name, old in before.items() if old.sealed and by.decided.get(name) != "opened"}',
        "before, result = {}, {}",
        f"{_STANDING}::test_who_is_sealed_stays_sealed_whatever_comes",
    ),
    Mutation(
        "earlier-names",
        "what somebody sealed was called in an earlier delivery is looked for",
        "graphsvc/cases/image/standing.py",
        "return identities if now in identities else (*identities, now)",
        "return (now,)",
        f"{_STANDING}::test_who_is_sealed_stays_sealed_whatever_comes",
    ),
    Mutation(
        "passive",
        "who plays no visible part stands by a pseudonym, witness or not",
        "graphsvc/cases/image/standing.py",
        "    return NO_PART",
        '    return ""',
        f"{_STANDING}::test_who_comes_first_is_decided_by_the_part_they_play",
    ),
    Mutation(
        "stays-named",
        "nobody by name is sealed by a delivery",
        "graphsvc/cases/image/standing.py",
        """    else:
        standing = old
    if not standing.sealed:""",
        """    else:
        standing = replace(old, sealed=True) if marked else old
    if not standing.sealed:""",
        f"{_STANDING}::test_who_is_named_stays_named_and_a_delivery_only_asks",
    ),
    Mutation(
        "same",
        "those said to be one are sealed together",
        "graphsvc/cases/image/standing.py",
        "    _same(result, before, state, handling, by)\n",
        "",
        f"{_STANDING}::test_those_said_to_be_one_are_sealed_together",
    ),
    Mutation(
        "rows-under-c",
        "a row under C changes nothing of what is known under P",
        "graphsvc/ingest/fold.py",
        "now = old.open if levels.conditional(row) else",
        "now =",
        f"{_STANDING}::test_what_is_c_decides_nothing_of_who_is_known_under_p",
    ),
    Mutation(
        "open-while-c",
        "what is C closes no case to who is cleared for P",
        "graphsvc/cases/deliveries/replay.py",
        'return "loading" if self.moves_open else "loading-c"',
        'return "loading"',
        f"{_OVER_TIME}::test_what_is_c_is_seen_by_nobody_cleared_for_p_before_while_and_after_it_comes_and_goes",
    ),
    Mutation(
        "reserved",
        "who somebody sealed is takes source clearance",
        "graphsvc/cases/image/graphing.py",
        "            return subject or target\n",
        "            return False\n",
        f"{_SEALINGS}::test_who_somebody_sealed_is_takes_source_clearance",
    ),
    Mutation(
        "undoing",
        "taking back accounts of witnesses takes source clearance",
        "graphsvc/service/deliveries/deliveries.py",
        "if not own or self._ask.home.casework.holds_accounts(case, number):",
        "if not own:",
        f"{_SEALINGS}::test_an_account_of_ones_own_is_taken_back_with_source_clearance_alone",
    ),
    Mutation(
        "two-persons",
        "who asks that somebody is sealed or opened does not agree to it",
        "graphsvc/service/protection/requests.py",
        "if row.asked_by == self._ask.principal.name:",
        "if not row.asked_by:",
        f"{_SEALINGS}::test_nobody_agrees_to_what_they_asked_for",
    ),
    Mutation(
        "looks",
        "nobody goes through a list of names",
        "graphsvc/service/search/known.py",
        "            self._require_seldom()\n",
        "",
        f"{_SEALINGS}::test_nobody_goes_through_a_list_of_names",
    ),
    Mutation(
        "still",
        "a load asks again whether its account may",
        "graphsvc/cases/deliveries/casework.py",
        "                still()\n",
        "                pass\n",
        f"{_SEALINGS}::test_a_load_asks_again_whether_its_account_may[grant]",
    ),
    Mutation(
        "lost",
        "a case of which the graph holds something else is not shown",
        "graphsvc/access/door/gate.py",
        "        self._require_held(case, row)\n",
        "",
        f"{_LOST}::test_a_graph_that_is_emptied_while_it_is_read_is_refused_and_restored",
    ),
    Mutation(
        "lost-at-start",
        "a store that was lost is restored from the deliveries at the next start",
        "graphsvc/cases/home.py",
        "                lost = self.casework.close_lost(store)\n",
        "",
        f"{_LOST}::test_a_store_that_was_emptied_is_restored_at_the_next_start",
    ),
    Mutation(
        "changes",
        "what a delivery changes of what witnesses say takes source clearance",
        "graphsvc/service/deliveries/loading.py",
        "    if change.takes_sources:\n        return None\n",
        "",
        "tests/service/test_changes.py::test_what_a_witness_says_takes_source_clearance",
    ),
    Mutation(
        "changes-masked",
        "a preview tells no value that stands masked in the graph",
        "graphsvc/cases/deliveries/comparing.py",
        "text(version.get(name)) == text(values.get(name))",
        "text(version.get(name)) or not text(values.get(name))",
        "tests/service/test_changes.py::test_a_preview_never_says_which_pseudonym_stands_for_a_name_or_an_id",
    ),
    Mutation(
        "changes-alike",
        "a preview says the same whoever is sealed to who lacks clearance for sources",
        "graphsvc/service/deliveries/loading.py",
        "for name, pair in change.fields.items() if is_plain(change.table, name)}",
        "for name, pair in change.fields.items()}",
        "tests/service/test_changes.py::test_without_source_clearance_a_preview_says_the_same_whoever_is_sealed",
    ),
    Mutation(
        "changes-guesses",
        "who is sealed counts in no question about other names",
        "graphsvc/cases/deliveries/comparing.py",
        "for change in renamed if change.key[-1] not in sealed",
        "for change in renamed",
        "tests/service/test_changes.py::test_whether_the_name_of_somebody_sealed_was_guessed_counts_in_no_question",
    ),
)


def fails(mutation: Mutation, folder: Path) -> tuple[bool, str]:
    """Whether the test of a protection fails without it, and the end of what pytest said.

    Args:
        mutation: what to switch off.
        folder: a copy of the checkout; as before afterwards.
    """
    path = folder / mutation.file
    before = path.read_text("utf-8")
    path.write_text(before.replace(mutation.old, mutation.new), "utf-8")
    jars = os.environ.get("GRAPHSVC_JARS") or str(ROOT / ".cache" / "jars")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", mutation.test]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(folder), "GRAPHSVC_JARS": jars},
            capture_output=True,
            text=True,
            timeout=_LONGEST_S,
            check=False,
        )
    finally:
        path.write_text(before, "utf-8")
    said = done.stdout.strip().splitlines()
    # A fixture that broke is no test that failed.
    return done.returncode == _FAILED and any(line.startswith("FAILED") for line in said), "\n".join(said[-12:])


def main(names: list[str]) -> int:
    """Run them and print the table; the number of tests that did not fail."""
    chosen = [one for one in MUTATIONS if not names or one.name in names]
    unseen = 0
    print("| protection | where | test | seen failing |\n|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(prefix="mutations-") as temporary:
        folder = Path(temporary) / "checkout"
        shutil.copytree(ROOT, folder, ignore=_IGNORED)
        for one in chosen:
            failed, said = fails(one, folder)
            unseen += not failed
            print(f"| {one.protects} | `{one.file}` | `{one.test}` | {'yes' if failed else 'NO'} |", flush=True)
            if not failed:
                print(said, file=sys.stderr, flush=True)
    return unseen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
