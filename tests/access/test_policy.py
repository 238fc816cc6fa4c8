from __future__ import annotations

import pytest

from graphsvc.access import policy
from graphsvc.access.principal import Grant, Principal
from graphsvc.errors import NotFound, Refused

# Role × action, cell by cell: whoever changes who may do what changes it here too.
MAY = {
    "investigator": {"read", "query", "analyse", "load"},
    "analyst": {"read", "query", "analyse", "load"},
    "custodian": {"read", "query", "reveal", "seal", "erase"},
    "disclosure": {"read", "query", "analyse"},
    "supervisor": {"read", "query", "analyse", "agree", "hold", "seal", "erase"},
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
        said = str(refused.value).partition(" An administrator")[0]
        named = {name for name in policy.ROLES if name in said}
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
