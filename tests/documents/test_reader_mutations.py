"""Mutated files: whatever the bytes are, the reader answers with findings, soon, and its quick yes is never wrong."""

import random
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tenantry.documents import events
from tenantry.documents.document import Document
from tenantry.documents.json import read_json
from tenantry.documents.problems import PROBLEMS
from tenantry.documents.refusing import StrictReader
from tenantry.documents.text import FORBIDDEN_IN_VALUE
from tenantry.documents.yaml import read_yaml

SEEDS = [
    b'version: 1\nusers:\n  ada@contoso.example: {licenses: [companion], cost_center: "1"}\n  b: {from: 2026-12-01}\n',
    b"profiles:\n  agent:\n    licenses:\n    - companion\n    - email # a comment\n    extends: [a, 'b']\n",
    b'contract: {contingency: {companion: 10, email: unlimited}, prices: {companion: "45.00"}, absent: true}\n',
    b"? a\n: - b\n  - - c\n    - d: e\n'f': |\n  text\n   more\n\"g\": >-\n  folded\n  text\n",
    b'%YAML 1.2\n---\ntenant: {name: "Z\\u00fcrich \\"x\\"\\n"}\n...\n',
    "labels: {name: Müller & Söhne, ort: 'Zürich — „Nord“'}\n".encode(),
    b'{"a": [1, -2, {"b": null}], "c": "\\u00e9\\ud83d\\ude00", "d": {}}\n',
    b"a: &x [1]\nb: *x\nc: !t d\n<<: {e: f}\ng: no\nh: 22:22\ni: ~\n",
]
PIECES = [
    *(bytes([byte]) for byte in b"&*!|>%@`#'\"\\,:?-[]{}~<=\n\r\t \x00\x1b\x7f\x85\xa0\xff"),
    *(b": ", b"- ", b"? ", b"---\n", b"...\n", b"<<: ", b"&a ", b"*a ", b"!!str ", b"! ", b"!<x> ", b"%TAG ! x\n"),
    *(b"%YAML 1.1\n", b"null", b"no", b"0x1F", b"1e3", b".nan", b"1_0", b"true", b"99999999999999999999", b"\\u202e"),
    *(b"\\x", b"\\ud800", b"\\UFFFFFFFF", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\xc2\x85", b"\xe2\x80\xa8", b"\r\n"),
    *(b"[" * 40, b"- " * 40, b"{a: " * 40, b"x" * 1100, b"|2-\n", b">+\n", b"a: b\n", b'"a": ', b"[]", b"{}"),
]
"""What is inserted: the characters and words with which YAML, JSON and UTF-8 begin to mean something."""


def mutated(seed: int, count: int) -> Iterator[bytes]:
    """Yield broken documents; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable sequence, no secret
    for _ in range(count):
        content = chance.choice(SEEDS)
        for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
            content = chance.choice(MUTATIONS)(chance, content)
        yield content


def _flip(chance: random.Random, content: bytes) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]


def _insert(chance: random.Random, content: bytes) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(PIECES) + content[at:]


def _truncate(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _delete(chance: random.Random, content: bytes) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + content[at + chance.randrange(1, 8) :]


def _splice(chance: random.Random, content: bytes) -> bytes:
    other = chance.choice(SEEDS)
    return content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other)) :]


def _repeat(chance: random.Random, content: bytes) -> bytes:
    begin = chance.randrange(len(content) + 1)
    end = min(len(content), begin + chance.randrange(1, 30))
    return content[:end] + content[begin:end] * chance.randrange(1, 40) + content[end:]


MUTATIONS = (_flip, _insert, _insert, _insert, _truncate, _delete, _splice, _repeat)


def check(content: bytes) -> None:
    begin = time.perf_counter()
    document, problems = read_yaml("a.yaml", content)
    assert time.perf_counter() - begin < 1
    assert document is not None or problems
    for problem in problems:
        assert problem.rule in PROBLEMS
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message.isprintable()
    if document is not None:
        check_places(document)
    if document is not None and not problems:
        check_quick_yes(document)


def check_quick_yes(document: Document) -> None:
    """Both readings agree on a document without problems: the quick yes is never wrong."""
    strict = StrictReader("a.yaml", document.text)
    assert repr(strict.read()) == repr(document.data)
    assert strict.problems == []
    assert {key: list(lines) for key, lines in strict.lines.items()} == {
        key: list(lines) for key, lines in document.lines.items()
    }


def check_places(document: Document) -> None:
    """Every path of the data has a place, and no text holds what it must not."""
    paths = [((), document.data)]
    for path, value in paths:
        if isinstance(value, dict):
            paths += [((*path, key), inner) for key, inner in value.items()]
            assert not any(FORBIDDEN_IN_VALUE.search(key) for key in value)
        elif isinstance(value, list):
            paths += [((*path, index), inner) for index, inner in enumerate(value)]
        elif isinstance(value, str):
            assert not FORBIDDEN_IN_VALUE.search(value)
    everywhere = [path for path, _ in paths]
    places = document.places(everywhere)
    assert len(places) == len(set(everywhere))
    _check_parts(document, everywhere)
    for path, value in paths:
        line, column = places[path]
        assert line >= 1
        assert column >= 1
        if isinstance(value, bool | int):
            begin = document.text.splitlines()[line - 1][column - 1 :]
            assert begin.startswith((str(value).lower(), "-0"))


def _check_parts(document: Document, paths: list[tuple[str | int, ...]]) -> None:
    """Reading a part of the text finds the same places as reading all of it."""
    whole = replace(document, top={})
    for key in (False, True):
        assert document.places(paths, key=key) == whole.places(paths, key=key)
    assert document.place(paths[-1]) == whole.place(paths[-1])


@pytest.mark.parametrize("seed", SEEDS)
def test_each_prefix_of_a_file_is_answered(seed: bytes) -> None:
    for length in range(len(seed) + 1):
        check(seed[:length])


@pytest.mark.parametrize("parser", ["c", "python"])
def test_some_thousand_mutated_files_are_answered(parser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if parser == "python":
        monkeypatch.setattr(events, "C_PARSER", None)
    for content in mutated(1, 3000 if parser == "c" else 1000):
        check(content)


def test_some_thousand_mutated_json_files_are_answered() -> None:
    for content in mutated(2, 5000):
        document, problems = read_json("a.json", content)
        assert document is not None or problems
        if document is not None:
            check_places(document)
