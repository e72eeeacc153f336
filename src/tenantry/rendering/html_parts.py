"""What HTML pages are built of: tables, key figures and findings, ready to be laid out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tenantry.model.plan import Contingency, Finding
from tenantry.rendering import view, wording
from tenantry.rendering.charts import tone

_TALL, _LONG = 24, 400
"""Rows from which on a table scrolls in a window of its own and can be filtered, and from which on it is long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell that is more than a text. `key` is what it is sorted by, `note` stands small beside the text."""

    text: str
    tone: str = ""
    key: str = ""
    href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column. `style`: `n` of numbers, `code` of identifiers, `wide` of sentences, `bar` of bars."""

    title: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows below a title of their own; no title where there is but one group."""

    title: str
    rows: tuple[tuple[str | Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table. `key` is a name that nothing else on the page has; `caption` says what it is, for those who hear it."""

    key: str
    title: str
    caption: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    style: str = ""

    @property
    def size(self) -> int:
        """How many rows there are."""
        return sum(len(group.rows) for group in self.groups)

    @property
    def sortable(self) -> bool:
        """Whether a reader can sort it: not where its groups have a meaning, and not where there is nothing to sort."""
        return len(self.groups) == 1 and self.size > 1

    @property
    def tall(self) -> bool:
        """Whether it is long enough to be filtered and scrolled."""
        return self.size > _TALL

    @property
    def long(self) -> bool:
        """Whether laying it out takes so long that a browser does better to wait until it comes into view."""
        return self.size > _LONG


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that a reader looks for first."""

    title: str
    value: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Badge:
    """A word that stands out, with its sign. `tone` is good, tight, over or plain."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings under one title."""

    key: str
    title: str
    rows: tuple[view.Told, ...]

    @property
    def tall(self) -> bool:
        """Whether there are so many that they scroll in a window of their own."""
        return len(self.rows) > _TALL


def rows_only(rows: Iterable[Sequence[str | Cell]]) -> tuple[Group, ...]:
    """Rows without groups."""
    return (Group("", tuple(map(tuple, rows))),)


def left(available: Contingency, bought: Contingency, used: int, note: str = "") -> Cell:
    """What is left, with its tone and the number that it is sorted by."""
    return Cell(
        text=wording.available(available, bought),
        tone=tone(used, bought),
        key=str(available) if isinstance(available, int) else "",
        note=note,
    )


def told_findings(key: str, groups: Sequence[tuple[str, Sequence[Finding]]], *, tenants: bool) -> tuple[Findings, ...]:
    """Findings in words, each kind under its title; those of which there are none are left out."""
    return tuple(
        Findings(f"{key}{at}", title, tuple(view.told(finding, with_tenant=tenants) for finding in findings))
        for at, (title, findings) in enumerate(groups)
        if findings
    )
