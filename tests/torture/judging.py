"""What holds for every problem of every file, and for JSON as somebody else reads it."""

import json
from collections.abc import Sequence
from typing import Any

from tenantry.documents.problems import PROBLEMS
from tenantry.errors import TenantryError
from tenantry.model.plan import Finding


def placed(problems: Sequence[Finding], content: bytes) -> None:
    """Each problem has a known rule, a sentence on one line, a hint, and a place inside of the file."""
    lines = None
    for found in problems:
        assert found.rule in PROBLEMS, found.rule
        assert found.message.isprintable(), found.message
        assert found.message, found.rule
        assert found.hint, found.rule
        assert found.line is not None, found.rule
        assert found.column is not None, found.rule
        if (found.line, found.column) == (1, 1):
            continue
        if lines is None:
            text = content.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
            lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert 1 <= found.line <= len(lines), f"{found.rule} in line {found.line} of {len(lines)}"
        width = len(lines[found.line - 1])
        assert 1 <= found.column <= width + 1, f"{found.rule} in column {found.column} of {width}"


def told(error: TenantryError) -> None:
    """A refusal is one sentence that prints, and a hint."""
    assert str(error).isprintable(), str(error)
    assert error.hint, str(error)


def strict_json(content: bytes) -> Any:
    """The data of a JSON text by Python's own reader, with what tenantry promises to refuse refused."""
    return json.loads(content, object_pairs_hook=_once, parse_float=_refuse, parse_constant=_refuse)


def canonical(data: Any) -> bytes:
    """The one way to write data, by the words of the contract and not by the code."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode() + b"\n"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    assert len(data) == len(pairs), "a key stands twice and was accepted"
    return data


def _refuse(text: str) -> Any:
    raise AssertionError(f"{text} was accepted")
