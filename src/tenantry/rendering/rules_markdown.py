"""The rules as a page: what each one asks, why, and how to mend what it finds."""

from collections.abc import Iterable, Sequence

from tenantry.model.rule import Rule
from tenantry.rendering.flavors import GITHUB

_HEAD = """\
# Rules

What a plan is judged by, and what files alone can break. `tenantry rules` lists the same in a terminal, and
`tenantry rules RULE` tells one in full.

An **error** of a plan rejects it (exit code 3); a problem of a file is exit code 1, and its tenant isn't planned.
*May be waived*: `--allow RULE --reason TEXT`, or a waiver in tenantry.yaml, lets its error pass, and the reason stays
in the plan. *May be adjusted*: `rules:` in tenantry.yaml sets it to off, info, warning or error; where a rule has an
error and a warning, that moves the warning only; what was raised to an error may be waived.
"""


def rules_markdown(rules: Sequence[Rule]) -> str:
    """The rules that plans are judged by, then those that files alone break, in the order of their tables."""
    plans = [rule for rule in rules if rule.of == "finding"]
    files = [rule for rule in rules if rule.of == "problem"]
    return "\n".join(
        [
            _HEAD,
            "## Plans\n",
            *_table(("Rule", "Severity", "May be", "Why", "Mend"), (_row(rule) for rule in plans)),
            "",
            "## Files\n",
            *_table(
                ("Rule", "Why", "Mend"), ((_id(rule), rule_text(rule.why), rule_text(rule.mend)) for rule in files)
            ),
            "",
        ]
    )


def _row(rule: Rule) -> tuple[str, ...]:
    may = "waived" if rule.waivable else "adjusted" if rule.adjustable else ""
    return _id(rule), rule.severity, may, rule_text(rule.why), rule_text(rule.mend)


def _id(rule: Rule) -> str:
    return f"`{rule.id}`"


def rule_text(text: str) -> str:
    """A sentence in which what stands between backticks is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return GITHUB.prose(text)
    return "".join(GITHUB.code(part) if at % 2 else _spaced(part) for at, part in enumerate(parts))


def _spaced(part: str) -> str:
    before, after = " " * part.startswith(" "), " " * (part.endswith(" ") and part != " ")
    return f"{before}{GITHUB.prose(part)}{after}"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [heads, tuple(":--" for _ in heads), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]
