"""English that has to be read twice, found by patterns: docstrings, comments, messages, pages and documentation.

Only a proxy: a sentence without a finding may still be hard to read, and some findings are good English.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType

_PATTERNS = MappingProxyType(
    {
        "a person named by a clause": (
            r"(^|[.;:,(] )(who|whoever|whom) (is|are|has|have|may|was|were|knows|sees|asks|comes|goes|reads|speaks|stands|looks|opens|wants)\b"
            r"(?!.*\?)|\b(of|to|for|than|by|with|from) who\b"
        ),
        "told": r"\b(is|are|was|were|be|been|being) told\b|\btold (of|in|as|that|by)\b|\bit tells?\b",
        "stands": (
            r"\bstands? (by|in|for|there|alone|beside|as|at|on|out of|before|behind|under|with|where)\b"
            r"|\bhow (it|they|somebody|something) stands?\b"
        ),
        "is none": r"\b(is|are|be|was|were) none\b|\bof none\b|\bnone of (its|them) is\b",
        "so many": r"\b(by |just |only |in |at )?so (many|few)\b|\bas many as there\b|\bby as (many|much)\b",
        "old word": (
            r"\b(anew|likewise|beside|besides|thereof|whereof|therein|unasked|unsaid|aloud|hence|albeit|meanwhile|whom|whence|withal|lest|nor)\b"
        ),
        "free relative": (
            r"\b(of|by|in|with|from|on|for|to|about|than|and|or|but) what"
            r" (is|was|are|were|has|have|had|goes|comes|stands|speaks|they|it|somebody|nobody|one)\b"
        ),
        "hazy pronoun": (
            r"\b(such a one|such ones|that one|this one|those that|that of those|the others'|somebody's own|of one's own|of their own|of its own"
            r"|of your own)\b"
        ),
        "may as permission of things": r"\b(may|can|to) be had\b|\b(is|are) to be\b",
    }
)
_RULES = MappingProxyType({name: re.compile(pattern, re.IGNORECASE) for name, pattern in _PATTERNS.items()})
_SUMMARY = re.compile(
    r"^(What|Who|Whom|Whose|That|Of|So|Such|Those|Nothing|Nobody|Somebody|Everybody|How it|Where it|The one|Some who|One who)\b"
    r"(?! is behind)(?!.*\?$)"
)
_MOST_WORDS = 35
# Kind, line, text.
Text = tuple[str, int, str]


def faults(kind: str, text: str) -> list[str]:
    """Return the names of the patterns that a text of this kind matches."""
    names = [name for name, pattern in _RULES.items() if pattern.search(text)]
    if kind == "docstring" and _SUMMARY.search(text):
        names.append("noun clause as a summary")
    if kind != "docstring body" and any(len(part.split()) > _MOST_WORDS for part in re.split(r"(?<=[.;!?]) ", text)):
        names.append("too long")
    return names


def _of_python(source: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            summary, _, body = (ast.get_docstring(node) or "").partition("\n\n")
            at = node.body[0].lineno if node.body else 1
            yield from (
                ("docstring", at, " ".join(summary.split())),
                ("docstring body", at, " ".join(body.split())),
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_message(node.value):
            yield "message", node.lineno, node.value
    for number, line in enumerate(source.splitlines(), 1):
        if match := re.match(r"\s*# (?!--)(.{20,})", line):
            yield "comment", number, match[1]


def _is_message(value: str) -> bool:
    return len(value.split()) > 4 and "\n" not in value


def _of_page(source: str) -> Iterator[Text]:
    for number, line in enumerate(source.splitlines(), 1):
        text = " ".join(re.sub(r"{[{%#].*?[%}#]}|<[^>]+>", " ", line).split())
        if len(text.split()) > 2:
            yield "page", number, text


def _of_document(source: str) -> Iterator[Text]:
    number = 1
    for paragraph in source.split("\n\n"):
        text = " ".join(paragraph.split())
        if text and not text.startswith(("```", "|", "#")):
            yield from (("documentation", number, part) for part in re.split(r"(?<=[.!?]) (?=[A-Z])", text))
        number += paragraph.count("\n") + 2


_READERS: MappingProxyType[str, Callable[[str], Iterator[Text]]] = MappingProxyType(
    {".py": _of_python, ".html": _of_page, ".md": _of_document}
)


def texts(root: Path, folders: tuple[str, ...]) -> Iterator[tuple[Path, Text]]:
    """Yield every text of the files in some folders, or of single files."""
    for folder in folders:
        paths = sorted((root / folder).rglob("*")) if (root / folder).is_dir() else [root / folder]
        for path in paths:
            if path.suffix in _READERS:
                every = _READERS[path.suffix](path.read_text("utf-8"))
                yield from ((path, text) for text in every if text[2])


def shares(entries: list[tuple[Path, Text]]) -> dict[str, float]:
    """Return, by kind of text, the share of texts with a finding, in per cent."""
    total, bad = Counter[str](), Counter[str]()
    for _, (kind, _, text) in entries:
        total[kind] += 1
        bad[kind] += bool(faults(kind, text))
    return {kind: 100 * bad[kind] / number for kind, number in total.items()}
