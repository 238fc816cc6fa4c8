from __future__ import annotations

import re

import pytest

from graphsvc.access.people import policy
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.errors import NotFound, OperatorError, Refused
from graphsvc.service.evaluation.invented import DEMO_GRANTS, DEMO_PARTNERS

# Role × action, cell by cell. A change of permissions must change this table too.
MAY = {
    "investigator": {"read", "known", "keep", "query", "analyse", "review", "export", "load"},
    "analyst": {"read", "known", "keep", "query", "analyse", "review", "export", "load", "cypher", "regroup"},
    "custodian": {"read", "known", "keep", "query", "reveal", "seal", "open", "erase"},
    "disclosure": {"read", "known", "keep", "query", "analyse", "export"},
    "supervisor": {"read", "known", "keep", "query", "analyse", "export", "agree", "hold", "seal", "erase", "regroup"},
    "auditor": {"log"},
    "administrator": {"accounts", "keys"},
}
CELLS = [(role, action) for role in policy.ROLES for action in policy.ACTIONS]


def someone(*roles: str, **grants: Grant) -> Principal:
    return Principal("someone", frozenset(roles), grants)


def test_the_table_names_every_role_and_action() -> None:
    assert set(MAY) == set(policy.ROLES)
    assert set(policy.ALLOWED) == set(policy.ACTIONS)


@pytest.mark.parametrize(("role", "action"), CELLS)
def test_role_and_action(role: str, action: str) -> None:
    assert policy.may(someone(role), action) == (action in MAY[role])
    if action in MAY[role]:
        policy.require(someone(role), action)
    else:
        with pytest.raises(Refused, match="An administrator can give it") as refused:
            policy.require(someone(role), action)
        sentence = str(refused.value).partition(" An administrator")[0]
        named = {name for name in policy.ROLES if name in sentence}
        assert named == {name for name, actions in MAY.items() if action in actions}


def test_roles_add_up_and_nobody_may_what_nobody_knows() -> None:
    assert policy.may(someone("auditor", "investigator"), "log")
    assert policy.may(someone("auditor", "investigator"), "read")
    assert not policy.may(someone(*policy.ROLES), "bake")
    assert not policy.may(someone(), "read")
    with pytest.raises(Refused, match="takes the role no role"):
        policy.require(someone(*policy.ROLES), "bake")


def test_a_grant_for_the_case_goes_before_one_for_every_case() -> None:
    grants = {"*": Grant("C", sources=True), "one": Grant("P")}
    both = Principal("someone", frozenset(), grants)
    assert policy.require_case(both, "one") == Grant("P")
    assert policy.require_case(both, "two") == Grant("C", sources=True)
    assert Grant("P").codes == ["P"]
    assert Grant("C").codes == ["P", "C"]


def test_a_case_that_is_not_yours_reads_like_one_that_is_not_there() -> None:
    with pytest.raises(NotFound) as mine:
        policy.require_case(someone("investigator", one=Grant("C")), "two")
    assert str(mine.value) == str(policy.no_such_case("two"))


CLEARED = Grant("C", sources=True)


def writer(grants: dict[str, Grant], *roles: str, flag: bool = True) -> Principal:
    return Principal("ann", frozenset(roles or ("analyst",)), grants, free_cypher=flag)


@pytest.mark.parametrize(
    ("principal", "cases", "says"),
    [
        (writer({"*": CLEARED}), ["one", "two"], ""),
        (writer({"one": CLEARED, "two": CLEARED}), ["one", "two"], ""),
        (writer({"*": CLEARED}), [], ""),
        (writer({"*": CLEARED}, flag=False), ["one"], "may not write Cypher freely"),
        (writer({"*": CLEARED}, "investigator"), ["one"], "may not write Cypher freely"),
        (writer({"*": CLEARED}, "investigator"), [], "may not write Cypher freely"),
        (writer({"one": CLEARED}), ["one", "two"], "is suspended"),
        (writer({"one": CLEARED}), ["one", "two", "three"], "is suspended"),
        (writer({"*": Grant("P", sources=True)}), ["one"], "is suspended"),
        (writer({"*": Grant("C")}), ["one", "two"], "is suspended"),
        # A grant for the case itself takes precedence over a grant for every case.
        (writer({"*": CLEARED, "two": Grant("P")}), ["one", "two"], "is suspended"),
    ],
)
def test_free_cypher_takes_the_grant_and_clearance_for_every_case(
    principal: Principal, cases: list[str], says: str
) -> None:
    refusal = policy.cypher_refusal(principal, cases)
    assert says in refusal if says else refusal == ""
    assert not any(case in refusal.split() for case in ("two", "three"))
    if says:
        with pytest.raises(Refused, match=says):
            policy.require_cypher(principal, cases)
    else:
        policy.require_cypher(principal, cases)


def test_the_refusal_of_free_cypher_is_the_same_however_many_cases_there_are() -> None:
    ann = writer({"one": CLEARED})
    assert policy.cypher_refusal(ann, ["one", "two"]) == policy.cypher_refusal(ann, ["one", "two", "three", "four"])
    assert not re.search(r"[0-9]", policy.cypher_refusal(ann, ["one", "two"]))


def test_a_case_that_is_added_outside_suspends_free_cypher() -> None:
    ann = writer({"one": CLEARED})
    assert policy.cypher_refusal(ann, ["one"]) == ""
    assert "is suspended" in policy.cypher_refusal(ann, ["one", "new"])
    assert policy.cypher_refusal(ann, ["one"]) == ""


def test_who_must_set_up_a_second_factor_is_told_so() -> None:
    with pytest.raises(Refused, match="set up a second factor"):
        policy.require(Principal("cus", frozenset(), must_enrol=True), "read")


def test_a_setting_names_roles() -> None:
    assert policy.roles_named("custodian, supervisor") == {"custodian", "supervisor"}
    assert policy.roles_named("none") == policy.roles_named(" ") == frozenset()
    with pytest.raises(OperatorError, match="'king', which is no role"):
        policy.roles_named("custodian,king")


def test_whoever_reads_may_keep_what_they_look_at() -> None:
    """The canvas saves the reader's place automatically: a role that may not save would be refused endlessly."""
    assert policy.ALLOWED["read"] <= policy.ALLOWED["keep"]


def test_the_demo_clears_every_role_that_reads() -> None:
    """Otherwise the demo's link would open a service without a case."""
    assert {DEMO_PARTNERS.get(name, name) for name in DEMO_GRANTS} == policy.ALLOWED["read"]
