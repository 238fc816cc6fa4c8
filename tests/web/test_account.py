"""The pages of the user's own account and of other people's accounts."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from graphsvc.access.log import audit
from graphsvc.access.people import accounts, changes, enrolment, factors
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import Service
from graphsvc.web import create_app
from tests.toolbox.accounts import signed_in
from tests.toolbox.pages import post

PASSWORD = "correct horse battery"


class Site:
    """The pages, with separate accounts that the tests change."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.app = create_app(service)

    def sign_in_by_link(self, name: str) -> FlaskClient:
        return signed_in(self.app, name, "testing")

    def sign_in(self, name: str, password: str = PASSWORD, code: str = "") -> FlaskClient:
        client: FlaskClient = self.app.test_client()
        answer = self.enter(client, name, password, code)
        assert answer.status_code == 303, answer.text
        return client

    def enter(self, client: FlaskClient, name: str, password: str = PASSWORD, code: str = "") -> TestResponse:
        data = {"name": name, "password": password, "code": code, "purpose": "testing"}
        return post(client, "/sign-in", "/sign-in", **data)

    def enrol(self, name: str) -> str:
        """Confirm a second factor with a code that expired long ago, and return its secret."""
        database, vault = self.service.database, self.service.vault
        secret = enrolment.begin(database, vault, name)
        assert enrolment.confirm(database, vault, name, code(secret, -1))
        return secret


def code(secret: str, steps: int = 0) -> str:
    """The current code, or the code of `steps` time steps later."""
    return factors.code_at(secret, audit.now() + dt.timedelta(seconds=factors.STEP_S * steps))


@pytest.fixture
def site(no_graph: Callable[..., Settings]) -> Iterator[Site]:
    with Service(no_graph()) as service:
        accounts.add(service.database, "adm", ["administrator"], {}, PASSWORD)
        accounts.add(service.database, "ann", ["analyst"], {"dover": Grant("C", sources=True)}, PASSWORD)
        accounts.add(service.database, "cus", ["custodian"], {"*": Grant("C", sources=True)}, PASSWORD)
        yield Site(service)


# -- the user's own account -------------------------------------------------------------------------------------


def test_setting_up_a_second_factor_and_signing_in_with_it(site: Site) -> None:
    ann, elsewhere = site.sign_in("ann"), site.sign_in("ann")
    assert "Set up a second factor" in ann.get("/account").text
    begun = post(ann, "/account", "/account/second-factor")
    assert (begun.status_code, begun.location) == (303, "/account#factor")
    page = ann.get("/account").text
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert secret
    assert "<svg" in page
    assert f"secret={secret[1]}" in html.unescape(page)
    wrong = post(ann, "/account", "/account/second-factor/confirm", code="000000")
    assert wrong.status_code == 401
    assert "The code is not right" in wrong.text
    assert elsewhere.get("/account").status_code == 200
    done = post(ann, "/account", "/account/second-factor/confirm", code=code(secret[1]))
    assert done.status_code == 303
    assert "is set up" in ann.get("/account").text
    assert secret[1] not in ann.get("/account").text
    assert elsewhere.get("/account").status_code == 302  # all other sign-ins have ended
    refused = [
        site.enter(site.app.test_client(), "ann", PASSWORD, second_factor)
        for second_factor in ("", "000000", code(secret[1]))
    ]
    refused.append(site.enter(site.app.test_client(), "ann", "wrong password", code(secret[1], 1)))
    refused.append(site.enter(site.app.test_client(), "no one", "wrong password"))
    assert {answer.status_code for answer in refused} == {401}
    assert all("Name, password or code is not right" in answer.text for answer in refused)
    site.sign_in("ann", PASSWORD, code(secret[1], 1))


def test_removing_it_takes_a_code(site: Site) -> None:
    secret = site.enrol("ann")
    ann = site.sign_in("ann", PASSWORD, code(secret))
    assert post(ann, "/account", "/account/second-factor/remove", code="000000").status_code == 401
    assert enrolment.has_second_factor(site.service.database, "ann")
    assert post(ann, "/account", "/account/second-factor/remove", code=code(secret, 1)).status_code == 303
    assert not enrolment.has_second_factor(site.service.database, "ann")
    site.sign_in("ann")


def test_a_role_that_must_have_one_opens_nothing_before_it_is_set_up(site: Site) -> None:
    cus = site.sign_in("cus")
    assert cus.get("/").location == "/account"
    assert cus.get("/roles").location == "/account"
    assert cus.get("/cases.json").status_code == 403
    for address in ("/account/password", "/account/end-others", "/account/second-factor/remove", "/people/add"):
        assert post(cus, "/account", address).status_code == 403, address
    assert "Your role needs a second factor" in cus.get("/account").text
    post(cus, "/account", "/account/second-factor")
    secret = enrolment.pending(site.service.database, site.service.vault, "cus")
    assert post(cus, "/account", "/account/second-factor/confirm", code=code(secret)).status_code == 303
    assert cus.get("/").status_code == 200
    # The second factor stays set up, because the role requires it.
    refused = post(cus, "/account", "/account/second-factor/remove", code=code(secret, 1))
    assert refused.status_code == 400
    assert "must have a second factor" in refused.text
    assert enrolment.has_second_factor(site.service.database, "cus")


def test_a_link_of_this_machine_asks_for_no_second_factor(site: Site) -> None:
    assert site.sign_in_by_link("cus").get("/").status_code == 200


def test_changing_the_password_asks_for_the_old_one(site: Site) -> None:
    ann, elsewhere = site.sign_in("ann"), site.sign_in("ann")
    new = "another long password"
    for fields, status in (
        ({"old": "wrong password", "new": new, "again": new}, 401),
        ({"old": "", "new": new, "again": new}, 401),
        ({"old": PASSWORD, "new": new, "again": "something else"}, 400),
        ({"old": PASSWORD, "new": "short", "again": "short"}, 400),
        ({"old": PASSWORD, "new": "", "again": ""}, 400),
    ):
        assert post(ann, "/account", "/account/password", **fields).status_code == status, fields
    assert elsewhere.get("/account").status_code == 200
    assert post(ann, "/account", "/account/password", old=PASSWORD, new=new, again=new).status_code == 303
    assert ann.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert site.enter(site.app.test_client(), "ann").status_code == 401
    site.sign_in("ann", new)


def test_guessing_the_old_password_is_stopped_and_locks_nobody_out(site: Site) -> None:
    ann = site.sign_in("ann")
    for _ in range(5):
        post(ann, "/account", "/account/password", old="wrong password", new=PASSWORD, again=PASSWORD)
    assert post(ann, "/account", "/account/password", old=PASSWORD, new=PASSWORD, again=PASSWORD).status_code == 401
    # Someone who has taken over a session cannot keep its owner from signing in and ending it.
    owner = site.sign_in("ann")
    assert post(owner, "/account", "/account/end-others").status_code == 303
    assert ann.get("/account").status_code == 302


def test_ending_all_other_sign_ins(site: Site) -> None:
    ann, elsewhere, adm = site.sign_in("ann"), site.sign_in("ann"), site.sign_in("adm")
    assert post(ann, "/account", "/account/end-others").status_code == 303
    assert ann.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert adm.get("/account").status_code == 200


# -- other people's accounts ------------------------------------------------------------------------------------


def test_an_administrator_adds_someone_who_chooses_the_password(site: Site) -> None:
    adm = site.sign_in("adm")
    added = post(adm, "/people", "/people/add", name="pat <b>", role=["analyst", "auditor"])
    assert added.status_code == 200
    link = re.search(r">http://[0-9.]+:8420(/setup/[^<\s]+)", added.text)
    assert link
    assert "pat &lt;b&gt;" in added.text
    someone = site.app.test_client()
    assert site.enter(site.app.test_client(), "pat <b>", "").status_code == 401
    assert someone.get(link[1], environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200
    assert post(someone, link[1], link[1], new="short", again="short").status_code == 400
    new = "a password of my own"
    assert post(someone, link[1], link[1], new=new, again=new).location == "/sign-in"
    assert "Your password is set" in someone.get("/sign-in").text
    again = post(someone, link[1], link[1], new=PASSWORD, again=PASSWORD)
    assert again.status_code == 401
    assert "not good any more" in again.text
    pat = site.sign_in("pat <b>", new)
    assert pat.get("/people").status_code == 403
    taken = post(adm, "/people", "/people/add", name="pat <b>", role=["auditor", "supervisor"])
    assert taken.status_code == 400
    assert 'value="pat &lt;b&gt;"' in taken.text
    assert re.findall(r'name="role" value="(\w+)" checked', taken.text) == ["supervisor", "auditor"]


def test_changing_what_someone_may(site: Site) -> None:
    adm, ann = site.sign_in("adm"), site.sign_in("ann")

    def change(action: str, name: str = "ann", **data: Any) -> int:
        return post(adm, "/people", f"/people/change/{action}", name=name, **data).status_code

    def now() -> changes.ManagedAccount:
        return next(account for account in changes.everyone(site.service.database) if account.name == "ann")

    assert change("roles", role=["supervisor", "auditor"]) == 303
    assert now().roles == ("auditor", "supervisor")
    assert ann.get("/account").status_code == 302
    assert change("grant", case="calais", handling="P") == 303
    assert change("grant", case="dover", handling="C") == 303
    assert now().grants == {"calais": Grant("P"), "dover": Grant("C")}
    assert change("grant", case="dover", handling="X") == 400
    assert change("grant", case="", handling="P") == 400
    refused = post(adm, "/people", "/people/change/grant", name="ann", case="", handling="C", sources="on")
    assert refused.status_code == 400
    assert '<option value="C" selected' in refused.text
    assert 'name="sources" checked' in refused.text
    assert change("revoke", case="calais") == 303
    assert change("revoke", case="calais") == 400
    assert change("cypher", given="yes") == 303
    assert now().free_cypher
    assert change("cypher", given="no") == 303
    assert not now().free_cypher
    site.enrol("ann")
    assert change("second-factor") == 303
    assert not now().second_factor
    assert change("disable") == 303
    assert "disabled" in adm.get("/people/one?name=ann").text
    assert change("enable") == 303
    assert not now().disabled
    assert change("nonsense") == 400
    assert change("disable", name="nobody") == 400
    people = adm.get("/people.json").get_json()["people"]
    assert {person["name"] for person in people} >= {"adm", "ann", "cus"}
    assert next(person for person in people if person["name"] == "ann")["grants"] == {
        "dover": {"handling": "C", "sources": False}
    }
    assert "hash" not in adm.get("/people.json").text


def test_the_last_administrator_stays(site: Site) -> None:
    changes.set_roles(site.service.database, "ann", ["analyst"])
    for account in changes.everyone(site.service.database):
        if "administrator" in account.roles and account.name != "adm":
            changes.disable(site.service.database, account.name)
    adm = site.sign_in("adm")
    for action in ("disable", "roles"):
        refused = post(adm, "/people", f"/people/change/{action}", name="adm")
        assert refused.status_code == 403
        assert "last administrator" in refused.text
    assert post(adm, "/people", "/people/link", name="adm").status_code == 400
    assert adm.get("/people").status_code == 200


def test_nobody_else_manages_accounts_and_forms_from_elsewhere_change_nothing(site: Site) -> None:
    ann, adm = site.sign_in("ann"), site.sign_in("adm")
    addresses = ("/people/add", "/people/link", "/people/change/disable", "/people/change/roles")
    for address in addresses:
        assert post(ann, "/account", address, name="cus").status_code == 403, address
    for address in ("/people", "/people.json", "/people/one?name=cus", "/people/one.json?name=cus"):
        assert ann.get(address).status_code == 403, address
    before = changes.everyone(site.service.database)
    for address in (*addresses, "/account/password", "/account/second-factor", "/account/end-others"):
        assert adm.post(address, data={"name": "cus"}).status_code == 400, address
    assert changes.everyone(site.service.database) == before
