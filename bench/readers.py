"""Fifty readers of one case, each opening a page every second or two: waiting times, memory growth and failures.

`graphsvc serve` runs as for users, and readers with three different clearances connect over the network. The first
minute is not counted; after that there are figures for each minute (`make soak` runs for an hour). The readers use the
same cores as the server.
"""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench.stage import Figure, invent_case, open_service, p95, quiet, session_of
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import Service, Session

CASE = "large"
READERS = 50
WAIT_S = (1.0, 2.0)
WARM_S, MINUTE_S = 60.0, 60.0
SOON_S, LONGEST_S = 0.5, 2.0
# Of ten readers, the number with each clearance.
CLEARED = ((5, Grant("C", sources=True)), (3, Grant("P", sources=True)), (2, Grant("P")))
# URL below that of the case → relative frequency; `{lead}`, `{person}`, `{word}` and `{boats}` are drawn each time.
WALK = {
    "": 1,
    "/leads": 3,
    "/lead?id={lead}": 5,
    "/entity?id={person}": 4,
    "/network?id={lead}&depth=2": 3,
    "/network?id={lead}&depth=4&size=500": 1,
    "/network/growth?node={lead}&id={lead}": 1,
    "/network/paths?from={lead}&to={person}&kind=likeliest": 1,
    "/search?q={word}": 2,
    "/search/near.json?q={word}": 3,
    "/behind?{boats}": 1,
    "/through": 1,
    "/crossings": 1,
    "/workplaces": 1,
}


@dataclass
class Seen:
    """What happened to the readers.

    Attributes:
        took: seconds and URL of each page.
        faults: unexpected responses.
        again: how often a reader had to wait and try again.
    """

    took: list[tuple[float, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    again: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def told_to_wait(self) -> None:
        """Record that a reader has to try again."""
        with self.lock:
            self.again += 1

    def note(self, took: float, place: str, fault: str) -> None:
        """Record a page."""
        with self.lock:
            self.took.append((took, place))
            if fault:
                self.faults.append(fault)

    def take_pages(self) -> list[tuple[float, str]]:
        """Return the pages since the last call, and forget them."""
        with self.lock:
            took, self.took = self.took, []
        return took


def run(people: int, seconds: float = 120.0, processes: Sequence[int] = (1, 0)) -> Iterator[Figure]:
    """Yield the figures for each number of processes (0: the default), on the same case."""
    with invent_case(people) as folder, open_service() as service:
        session = session_of(service, CASE)
        session.deliveries.load(folder, quiet)
        names = _people(service)
        words = _words(session)
        for number in processes:
            settings = dataclasses.replace(service.settings, processes=number)
            with _serve(settings) as (address, pid):
                links = [f"/link/{service.sign_in_link(name, 'benchmark')}" for name in names]
                yield from _figures(address, links, words, seconds, settings.serving_processes, pid)


def _people(service: Service) -> list[str]:
    """Create fifty accounts of these clearances."""
    tens = [grant for share, grant in CLEARED for _ in range(share)]
    names = [f"reader-{number}" for number in range(READERS)]
    for number, name in enumerate(names):
        accounts.add(service.database, name, ["investigator"], {CASE: tens[number % len(tens)]})
    return names


def _words(session: Session) -> dict[str, list[str]]:
    """Return values for URLs: fifty leads, people shown by name, beginnings of names, boats of a day."""
    rows = session.ask.rows("cases.entities", whole=True).dicts()
    # Every reader may see these people.
    named = [row for row in rows if row["kind"] == "person" and not row["sealed"] and row["handling"] == "P"]
    seen = {row["id"] for row in rows if row["handling"] == "P"}
    days: dict[str, list[str]] = {}
    for crossing in session.network.lists.crossings():
        if crossing.row["id"] in seen:
            days.setdefault(str(crossing.row["day"]), []).append(crossing.row["id"])
    return {
        "lead": [row["id"] for row in session.leads.table()["hubs"] if row["id"] in seen][:READERS],
        "person": [row["id"] for row in named[:500]],
        "word": [
            row["name"][:3].lower()
            for row in named[:500]
            if row["name"] and row["name"][:3].isalpha() and row["name"][:3].isascii()
        ],
        "boats": [urlencode({"id": ids[:8]}, doseq=True) for _, ids in sorted(days.items())[:READERS]],
    }


@contextlib.contextmanager
def _serve(settings: Settings) -> Iterator[tuple[str, int]]:
    """Run `graphsvc serve` for a home in a separate process; yield its URL and process id."""
    names = {item.name: item.metadata["variable"] for item in dataclasses.fields(Settings)}
    environ = os.environ | {names[name]: str(getattr(settings, name)) for name in ("home", "jars", "processes")}
    with subprocess.Popen(
        [sys.executable, "-m", "graphsvc", "serve", "--port", "0"], env=environ, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            output = ""
            while "Ctrl-C" not in output:
                output += process.stderr.readline()
            threading.Thread(target=process.stderr.read, daemon=True).start()
            address = re.search(r"http://\S+", output)
            assert address is not None
            while len(list((settings.home / "processes").glob("*"))) < settings.serving_processes:
                time.sleep(0.1)
            yield address[0], process.pid
        finally:
            process.terminate()
            process.wait()


def _figures(
    address: str, links: list[str], words: dict[str, list[str]], seconds: float, processes: int, pid: int
) -> Iterator[Figure]:
    """Measure fifty readers for this many seconds, minute by minute."""
    end = time.monotonic() + WARM_S + seconds
    seen = Seen()
    readers = [
        threading.Thread(target=_read, args=(address, link, words, number, end, seen))
        for number, link in enumerate(links)
    ]
    for reader in readers:
        reader.start()
    time.sleep(WARM_S)
    before = _memory(pid)
    label = f"{processes} processes" if processes > 1 else "1 process"
    seen.take_pages()
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(MINUTE_S, left))
        if len(pages := seen.take_pages()) < READERS:
            continue
        took, slowest = [seconds for seconds, _ in pages], max(pages)
        yield Figure(
            f"{label}: {len(took) / min(MINUTE_S, left):.0f} pages a second, median {1000 * statistics.median(took):.0f} ms, p95",
            f"{1000 * p95(took):.0f} ms",
            f"≤ {1000 * SOON_S:.0f} ms",
            p95(took) <= SOON_S,
        )
        yield Figure(
            f"  the slowest: {slowest[1][:48]}", f"{slowest[0]:.2f} s", f"≤ {LONGEST_S:.0f} s", slowest[0] <= LONGEST_S
        )
    for reader in readers:
        reader.join()
    yield Figure(f"{label}: memory in all, before and after", f"{before:.2f}, {_memory(pid):.2f} GiB")
    yield Figure("  told that it is being worked out, and to look again", f"{seen.again} times")
    yield Figure(
        "  not answered as it should be",
        f"{len(seen.faults)} {seen.faults[0] if seen.faults else ''}",
        "0",
        not seen.faults,
    )


def _read(
    address: str,
    link: str,
    words: dict[str, list[str]],
    number: int,
    end: float,
    seen: Seen,
) -> None:
    """Run one reader: sign in, and open one page after another."""
    rng = random.Random(number)  # noqa: S311 - a walk, and no secret
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
    connection.request("GET", parts.path + link)
    answer = connection.getresponse()
    answer.read()
    cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
    places, weights = list(WALK), list(WALK.values())
    time.sleep(rng.uniform(0, WAIT_S[1]))
    place, began = "", 0.0
    while time.monotonic() < end:
        chosen = {name: rng.choice(each) for name, each in words.items()}
        # Both ends of a path must be different people.
        chosen["person"] = rng.choice([name for name in words["person"] if name != chosen["lead"]])
        # If a reader has to try again, the page is the same, and the time counts from the first request.
        place = place if began else rng.choices(places, weights)[0].format(**chosen)
        began = began or time.monotonic()
        try:
            connection.request("GET", f"{parts.path}/case/{CASE}{place}", headers={"Cookie": cookie})
            answer = connection.getresponse()
            body = answer.read()
            if wait := float(answer.headers.get("Retry-After") or 0):
                seen.told_to_wait()
                time.sleep(wait)
                continue
            fault = "" if answer.status == 200 and body else f"{answer.status} {place}"
        except (OSError, http.client.HTTPException) as error:
            fault = f"{type(error).__name__} {place}"
            connection.close()
        seen.note(time.monotonic() - began, place, fault)
        began = 0.0
        time.sleep(rng.uniform(*WAIT_S))
    connection.close()


def _memory(pid: int) -> float:
    """Return the memory of a process and its children in GiB, counting shared pages in proportion (on Linux)."""
    kib, those = 0, [pid]
    while those:
        each = Path(f"/proc/{those.pop()}")
        with contextlib.suppress(OSError):
            kib += sum(map(int, re.findall(r"^Pss:\s+(\d+)", (each / "smaps_rollup").read_text(), re.MULTILINE)))
            for task in (each / "task").iterdir():
                those += map(int, (task / "children").read_text().split())
    return kib / 2**20
