"""A case with a canary in every restricted property, and the search for canaries in any form.

A canary is a text of four words that occur nowhere else, so long that the graph's store cannot pack it into a few
bits; one word of it is enough to find it. Dates and numbers serve as canaries unchanged. Each canary has a class, and
`CLASSES` says what a reader needs to be shown canaries of that class.
"""

from __future__ import annotations

import base64
import gzip
import io
import random
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from graphsvc import simulate
from graphsvc.access.people.principal import Grant
from tests.toolbox.rows import Tables, read

_MADE_OF = ("bdfgklmnprtvz", "aeiou")
_WORD = re.compile(rb"zq[a-z]{11}")
_WIDE = re.compile(rb"z\0q\0(?:[a-z]\0){10}[a-z]")
_EMPTY = re.compile(rb"\0{64,}")
_LONG = 30  # letters: shorter texts have no distinctive base64 form
_SMALL = 1 << 22  # bytes: larger files belong to the store, which does not use base64
# Class → whether a grant shows its canaries to a reader. No grant shows canaries that no one may see.
CLASSES: dict[str, Callable[[Grant], bool]] = {
    "open": lambda _grant: True,
    "conditional": lambda grant: grant.handling == "C",
    "source": lambda grant: grant.sources,
    "conditional source": lambda grant: grant.handling == "C" and grant.sources,
    "vault": lambda _grant: False,
    "loader": lambda _grant: False,
    "reason": lambda _grant: False,
    "typed": lambda _grant: False,
}
IN_GRAPH = ("open", "conditional", "source", "conditional source")
SEALED = ("witness", "victim", "minor", "disputed", "hand")


class Canaries:
    """Maker and finder of canaries, which are the same every time.

    Attributes:
        classes: label → class. texts: label → text.
    """

    def __init__(self) -> None:
        self._random = random.Random(7)
        self.classes: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self._needles: dict[str, str] = {}

    def text(self, label: str, kind: str, joined: str = " ") -> str:
        """Make a new canary of four words."""
        words = [self._word() for _ in range(4)]
        self._needles |= dict.fromkeys(words, label)
        return self._keep(label, kind, joined.join(word.title() if joined == " " else word for word in words))

    def plain(self, label: str, kind: str, text: str) -> str:
        """Register a date or number that occurs nowhere else as a canary."""
        self._needles[text.lstrip("+").casefold()] = label
        return self._keep(label, kind, text)

    def labels(self, *kinds: str) -> set[str]:
        """Labels of the canaries of these classes."""
        return {label for label, kind in self.classes.items() if kind in kinds}

    def _keep(self, label: str, kind: str, text: str) -> str:
        assert kind in CLASSES
        assert label not in self.classes
        self.classes[label], self.texts[label] = kind, text
        return text

    def _word(self) -> str:
        return "zq" + "".join(self._random.choice(_MADE_OF[place % 2]) for place in range(1, 12))

    def find(self, data: bytes | str) -> set[str]:
        """Labels of the canaries in a text or bytes: in UTF-8 or UTF-16, ignoring case."""
        if isinstance(data, str):
            data = data.encode("utf-8", "surrogatepass")
        low = data.lower()
        words = _WORD.findall(low) + [wide.replace(b"\0", b"") for wide in _WIDE.findall(low)]
        hits = {self._needles[word.decode()] for word in set(words) if word.decode() in self._needles}
        for needle, label in self._needles.items():
            if not needle.startswith("zq"):
                hits |= {label for code in ("ascii", "utf-16-le", "utf-16-be") if needle.encode(code) in low}
        return hits

    def find_encoded(self, data: bytes | str) -> set[str]:
        """Labels of the vault's canaries found as base64, at any offset within the encoded text."""
        if isinstance(data, str):
            data = data.encode("utf-8", "surrogatepass")
        hits: set[str] = set()
        for label, text in self.texts.items():
            if self.classes[label] == "vault" and len(text) > _LONG:
                parts = (base64.b64encode(b"\0" * shift + text.encode())[4:-4] for shift in range(3))
                hits |= {label for part in parts if part in data}
        return hits

    def in_file(self, path: Path) -> set[str]:
        """Labels of the canaries in a file, including its name and the contents of archives."""
        data = _EMPTY.sub(b"\0\0", path.read_bytes())  # the store allocates its logs in advance
        hits = self.find(data) | self.find(path.name)
        if len(data) < _SMALL:
            hits |= self.find_encoded(data)
        if data[:2] == b"\x1f\x8b":
            hits |= self.find(gzip.decompress(data))
        if data[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for name in archive.namelist():
                    hits |= self.find(archive.read(name)) | self.find(name)
        return hits


def forms(text: str) -> list[bytes]:
    """Return a text in each form that `Canaries.find` must recognise."""
    return [
        text.encode(),
        text.upper().encode(),
        text.encode("utf-16-le"),
        b"x" + text.encode("utf-16-be"),
        quote(text).encode(),
        base64.b64encode(f"some text before {text} and after".encode()),
    ]


def case(folder: Path) -> tuple[Canaries, Tables]:
    """Make a small invented case with canaries planted in it, and return the canaries and its rows."""
    simulate.simulate(folder, seed=9, people=30)
    rows = read(folder)
    canaries = Canaries()
    added: Tables = defaultdict(list)
    _statements(canaries, added)
    for place, kind in enumerate(SEALED):
        _add_sealed_person(canaries, added, kind, place)
    _open(canaries, added)
    _conditional(canaries, added)
    for table, more in added.items():
        rows[table] += more
    return canaries, rows


def _link(subject: str, relation: str, target: str, statement: str, **more: str) -> dict[str, str]:
    return {"subject_id": subject, "relation": relation, "object_id": target, "statement_id": statement} | more


def _statements(c: Canaries, rows: Tables) -> None:
    """Add the statements that name the people below."""
    # An interpreter known by id and a charge, in no claim: only source clearance shows that they are in the case.
    rows["people"].append({"id": c.text("interpreter_id", "source", "-"), "category": "suspect", "handling": "C"})
    rows["statements"] += [
        {
            "id": "report-p",
            "kind": "intelligence",
            "handling": "P",
            "source_grade": "1",
            "assessment": "A",
            "source_id": c.text("source_id of a report", "vault", "-"),
            "interest": c.text("interest of a report", "source"),
            "summary": c.text("summary of a report", "open"),
            "x_own": c.text("x_ column of a report", "conditional"),
        },
        {
            "id": c.text("id of a C report", "conditional", "-"),
            "kind": "intelligence",
            "handling": "C",
            "conditions": c.text("conditions", "conditional"),
            "interest": c.text("interest of a C report", "conditional source"),
            "summary": c.text("summary of a C report", "conditional"),
        },
    ]


def _add_sealed_person(c: Canaries, rows: Tables, kind: str, place: int) -> None:
    """Add a sealed person with canaries in every column, a thing only they used, and texts of others that name them."""
    person, thing = c.text(f"id of {kind}", "vault", "-"), c.text(f"id of a thing of {kind}", "vault", "-")
    name, alias = c.text(f"name of {kind}", "vault"), c.text(f"alias of {kind}", "vault")
    phone = c.plain(f"phone of {kind}", "vault", f"+44770098{place}431")
    row = {
        "id": person,
        "name": name,
        "aliases": f"{alias};{c.text(f'other alias of {kind}', 'vault')}",
        "phones": phone,
        "nationality": c.text(f"nationality of {kind}", "vault"),
        "sex": c.text(f"sex of {kind}", "vault"),
        "notes": c.text(f"notes on {kind}", "vault"),
        "x_own": c.text(f"x_ column of {kind}", "vault"),
        "date_of_birth": c.plain(f"birth of {kind}", "vault", "2015-11-29" if kind == "minor" else f"1931-10-2{place}"),
        "category": {"victim": "victim", "witness": "witness"}.get(kind, "other"),
        "age_disputed": "yes" if kind == "disputed" else "",
        "sealed": "yes" if kind == "hand" else "",
    }
    rows["people"].append(row)
    rows["things"].append(
        {
            "id": thing,
            "kind": "vehicle",
            "value": c.text(f"value of a thing of {kind}", "vault"),
            "name": c.text(f"name of a thing of {kind}", "vault"),
            "notes": c.text(f"notes on a thing of {kind}", "vault"),
            "x_own": c.text(f"x_ column of a thing of {kind}", "vault"),
        }
    )
    words = {"object_as_said": c.text(f"words for {kind}", "vault")}
    rows["links"] += [
        _link("boss-1", "PAID", person, "report-p", **words, notes=f"paid {name} twice"),
        _link(person, "USED", thing, "report-p", subject_as_said=c.text(f"own words for {kind}", "vault")),
    ]
    rows["gangs"].append(
        {"id": f"gang-{kind}", "name": f"cousins of {name}", "notes": f"call {phone}", "handling": "P"}
    )
    rows["workplaces"].append(
        {
            "id": f"house-{kind}",
            "kind": "dwelling",
            "address": f"over {name}'s shop",
            "notes": f"{alias}",
            "handling": "P",
        }
    )
    rows["boats"].append({"id": f"boat of {name}", "name": alias, "x_own": f"ask {name}", "handling": "P"})
    if kind == "witness":
        rows["statements"].append(
            {
                "id": "account-p",
                "kind": "witness",
                "source_id": person,
                "handling": "P",
                "interest": c.text("interest of a witness", "source"),
                "interpreter_id": c.texts["interpreter_id"],
                "conditions": f"{name}, also {alias}, must not be told",
                "summary": c.text("summary of an account", "source"),
                "sanitised": c.text("sanitised version of an account", "open"),
                "x_own": c.text("x_ column of an account", "conditional source"),
            }
        )
        rows["links"].append(
            _link(
                "boss-1",
                "DIRECTED",
                "aide-1",
                "account-p",
                place=f"at {name}'s door",
                object_as_said=c.text("words in an account", "source"),
                notes=c.text("notes on a claim of an account", "source"),
            )
        )


def _open(c: Canaries, rows: Tables) -> None:
    """Add named people of code P: some of their canaries are shown to every reader, and some are not."""
    rows["people"] += [
        {
            "id": "boss-1",
            "name": c.text("name of a suspect", "open"),
            "notes": c.text("notes on a suspect", "open"),
            "x_own": c.text("x_ column of a suspect", "conditional"),
            "category": f"suspect;witness@{c.plain('that a suspect is a witness', 'vault', '1931-09-17')}",
            "handling": "P",
        },
        {"id": "aide-1", "name": "Bo Quist", "category": "suspect", "handling": "P"},
    ]
    rows["links"] += [
        _link("boss-1", "DIRECTED", "aide-1", "report-p", notes=c.text("notes on a P claim", "open")),
        _link("boss-1", "RUNS", "gang-witness", "report-p"),
    ]


def _conditional(c: Canaries, rows: Tables) -> None:
    """Add the rows that are under handling code C alone."""
    report, person = c.texts["id of a C report"], c.text("id of a C person", "conditional", "-")
    rows["people"].append(
        {
            "id": person,
            "name": c.text("name of a C person", "conditional"),
            "aliases": c.text("alias of a C person", "conditional"),
            "nationality": c.text("nationality of a C person", "conditional"),
            "phones": c.plain("phone of a C person", "conditional", "+447700975431"),
            "notes": c.text("notes on a C person", "conditional"),
            "category": "suspect",
        }
    )
    for table, values in (
        ("boats", {"registration": c.text("registration of a C boat", "conditional")}),
        ("crossings", {"date": "2020-05-08", "launch_site": c.text("launch site of a C crossing", "conditional")}),
        ("gangs", {"name": c.text("name of a C gang", "conditional")}),
        ("workplaces", {"address": c.text("address of a C workplace", "conditional")}),
        ("things", {"kind": "vehicle", "value": c.text("value of a C thing", "conditional")}),
    ):
        notes = c.text(f"notes under C in {table}", "conditional")
        rows[table].append({"id": f"hidden-{table}", "handling": "C", "notes": notes, **values})
    rows["links"] += [
        _link(
            person,
            "DIRECTED",
            "boss-1",
            report,
            place=c.text("place of a C claim", "conditional"),
            subject_as_said=c.text("words of a C claim", "conditional"),
            notes=c.text("notes on a C claim", "conditional"),
        ),
        _link(
            "boss-1", "PAID", "aide-1", "report-p", handling="C", notes=c.text("notes on a claim made C", "conditional")
        ),
    ]
