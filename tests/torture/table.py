"""The one table of `make torture`, from the rows that its processes tell."""

from collections.abc import Iterable, Sequence

from row import Row


def united(rows: Iterable[Row]) -> list[Row]:
    """The rows, those of one thing added up."""
    found: dict[str, Row] = {}
    for row in rows:
        before = found.get(row.what)
        found[row.what] = row if before is None else _sum(before, row)
    return list(found.values())


def _sum(one: Row, other: Row) -> Row:
    return Row(
        what=one.what,
        runs=one.runs + other.runs,
        faults=one.faults + other.faults,
        violations=one.violations + other.violations,
        seconds=one.seconds + other.seconds,
    )


def table(rows: Sequence[Row], seconds: float) -> str:
    """What was tried, in one table."""
    cells: list[tuple[str, ...]] = [("what", "runs", "faults", "violations", "time")]
    cells += [_cells(row.what, row.runs, row.faults, len(row.violations), row.seconds) for row in rows]
    broken = sum(len(row.violations) for row in rows)
    together = (sum(row.runs for row in rows), sum(row.faults for row in rows), broken)
    cells.append(_cells("in all", *together, seconds))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join((line[0].ljust(widths[0]), *(cell.rjust(at) for cell, at in zip(line[1:], widths[1:], strict=True))))
        for line in cells
    ]
    rule = "-" * len(lines[0])
    return "\n".join((lines[0], rule, *lines[1:-1], rule, lines[-1]))


def _cells(what: str, runs: int, faults: int, broken: int, seconds: float) -> tuple[str, ...]:
    return what, f"{runs:,}", f"{faults:,}", f"{broken:,}", f"{seconds:,.1f} s"
