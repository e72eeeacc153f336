"""Runs for a terminal: who did what and when, one line each, and the head of one that is shown in full."""

from collections.abc import Iterator

from tenantry.model.catalog import Catalog
from tenantry.model.history import History
from tenantry.model.plan import PlanSet
from tenantry.model.run import Run, Status
from tenantry.rendering.columns import cut, pad, width, wrap
from tenantry.rendering.escape import plain
from tenantry.rendering.findings_text import finding_lines
from tenantry.rendering.layout import Layout
from tenantry.rendering.plan_text import plan_text
from tenantry.rendering.terminal import Line, page
from tenantry.rendering.view import sorted_findings

_NARROW = 8
_STYLES: dict[Status, str] = {
    "rejected": "warning",
    "stale": "warning",
    "held": "warning",
    "unknown": "error",
    "failed": "error",
}
_SIGNS = {"grant": "+", "revoke": "-", "replace": "~", "update": "·"}
_LEGEND = "+ granted, - revoked, ~ replaced, · updated"


def history_text(history: History, _catalog: Catalog, layout: Layout) -> str:
    """Each run on a line; below it what an observation noted where nothing else moved, and errors that were waived."""
    if history.missing is not None:
        return page([Line(plain(f"No ledger at {history.missing} yet."))], color=False)
    if not history.runs:
        return page([Line("No runs yet.")], color=False)
    return page(_runs(history.runs, layout.width), color=layout.color)


def run_text(run: Run, plans: PlanSet, catalog: Catalog, layout: Layout) -> str:
    """A run in a sentence, then what it carried out as a plan is shown; of one that is no apply, what it noted."""
    head = f"Run {run.id}: {run.kind}, {run.status}, {moment(run)} by {run.who}"
    if run.commit is not None:
        head += f", commit {short_commit(run)}"
    lines = [Line(text, "head") for text in wrap(plain(head), layout.width, rest="    ")]
    lines += _waivers(run, layout.width)
    if run.kind != "apply":
        lines += [*_noted(run, layout.width), *_found(plans, layout), *_kept(run, layout.width)]
        return page(lines, color=layout.color)
    lines.append(Line(""))
    return page(lines, color=layout.color) + plan_text(plans, catalog, layout)


def moment(run: Run) -> str:
    """When a run was, to the minute, in UTC as everything that a ledger keeps."""
    return f"{run.at[:10]} {run.at[11:16]}Z"


def short_commit(run: Run) -> str:
    """The first digits of a commit, as git shows it; the `+` of files that differed from it stays."""
    commit = run.commit or ""
    return commit[:7] + ("+" if commit.endswith("+") and len(commit) > 7 else "")


def _runs(runs: tuple[Run, ...], columns: int) -> Iterator[Line]:
    heads = [[plain(run.id), plain(moment(run)), run.kind, run.status] for run in runs]
    widths = [max(map(width, column)) for column in zip(*heads, strict=True)]
    tails = [(plain(short_commit(run)), _counts(run)) for run in runs]
    commits = max(width(commit) for commit, _ in tails)
    counts = max(width(told) for _, told in tails)
    names = max(width(plain(_name(run))) for run in runs)
    room = min(names, columns - sum(widths) - commits - counts - 2 * (len(widths) + 2))
    for run, head, (commit, told) in zip(runs, heads, tails, strict=True):
        line = "  ".join(pad(cell, room) for cell, room in zip(head, widths, strict=True))
        who = plain(_name(run))
        if room >= min(_NARROW, names):
            rest = f"{pad(cut(who, room), room)}  {pad(commit, commits)}  {told}".rstrip()
            yield Line(f"{line}  {rest}", _STYLES.get(run.status, ""))
        else:
            yield from (Line(text, _STYLES.get(run.status, "")) for text in wrap(line, columns, rest="    "))
            rest = "  ".join(part for part in (who, commit, told) if part)
            yield from (Line(text) for text in wrap(rest, columns, first="    ", rest="    "))
        if not told:
            yield from _in_short(run, columns)
        yield from _waivers(run, columns)
    if counts:
        yield from (Line(text, "dim") for text in wrap(_LEGEND, columns, rest="  "))


def _name(run: Run) -> str:
    """Who it was, without the address that git adds."""
    return run.who.partition(" <")[0] or run.who


def _counts(run: Run) -> str:
    """What was changed, in signs; what is 0 is left out."""
    return " ".join(f"{sign}{run.summary[what]:,}" for what, sign in _SIGNS.items() if run.summary.get(what))


def _in_short(run: Run, columns: int) -> Iterator[Line]:
    """The first that was noted, and how much more there is."""
    if run.notes:
        more = len(run.notes) - 1
        words = plain(run.notes[0]) + (f" and {more} more" if more else "")
        yield from (Line(text, "dim") for text in wrap(words, columns, first="    ", rest="      "))


def _noted(run: Run, columns: int) -> Iterator[Line]:
    for note in run.notes:
        yield from (Line(text) for text in wrap(plain(note), columns, first="  ", rest="    "))


def _found(plans: PlanSet, layout: Layout) -> Iterator[Line]:
    groups = sorted_findings(finding for plan in plans.plans for finding in plan.findings)
    found = (*groups.leading, *groups.errors, *groups.waived, *groups.warnings, *groups.infos)
    yield from finding_lines(found, layout)


def _kept(run: Run, columns: int) -> Iterator[Line]:
    if run.kept:
        words = plain(f"The snapshot is kept: tenantry export {run.tenant} --run {run.id} prints it.")
        yield from (Line(text) for text in wrap(words, columns, first="  ", rest="    "))


def _waivers(run: Run, columns: int) -> Iterator[Line]:
    for waiver in run.waivers:
        words = plain(f"waived {waiver.rule}: {waiver.reason}")
        yield from (Line(text, "dim") for text in wrap(words, columns, first="    ", rest="      "))
