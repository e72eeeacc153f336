"""Runs and receipts: what was done, by whom, change by change. A receipt is in the same transaction as its effect."""

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tenantry.backends.ledger.database import AT_ONCE, Connection, as_written
from tenantry.model.digest import canonical
from tenantry.model.plan import Change, Plan, Update
from tenantry.model.plan_data import plan_from, plan_head_data, summary_data
from tenantry.model.run import LastMove, Record, Run, UsageThen, Waived
from tenantry.model.state import holder_key

_COLUMNS = (
    "runs.number, runs.id, tenants.name, at, who, commit_id, kind, status, effect, goal, runs.revision, waivers,"
    " notes, document IS NOT NULL, summary"
)
"""What is told of a run in a list; its plan may be large and is read alone."""

_END = 2**62
"""A number after that of every run."""
_HOLDER = "CASE WHEN {0}.holder LIKE 'user:%' THEN lower({0}.holder) ELSE {0}.holder END = :holder"
_RENAMES = f"""
SELECT runs.number, updates.before FROM updates JOIN runs ON runs.number = updates.run
  JOIN tenants ON tenants.id = runs.tenant
WHERE tenants.name = :tenant AND status = 'applied' AND field = 'rename' AND {_HOLDER.format("updates")}
  AND runs.number < :until
"""  # noqa: S608 - no value of anybody's
_MOVES = f"""
SELECT action, receipts.license, receipts.replaces, {_COLUMNS} FROM receipts JOIN runs ON runs.number = receipts.run
  JOIN tenants ON tenants.id = runs.tenant
WHERE tenants.name = :tenant AND status = 'applied' AND {_HOLDER.format("receipts")}
  AND runs.number >= :since AND runs.number < :until
ORDER BY runs.number DESC, position DESC
"""  # noqa: S608 - as above


def write(connection: Connection, tenant: int, name: str, record: Record, revision: int) -> str:
    """Write a run with a receipt for each change and update; its id."""
    run_id = _free_id(connection, tenant, name)
    plan = record.plan
    connection.execute(
        "INSERT INTO runs (id, tenant, at, who, commit_id, kind, status, digest,"
        " effect, goal, revision, waivers, summary, plan, notes, document)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(run_id, tenant, record.at, record.actor.who, record.actor.commit, record.kind, record.status),
            *(record.digest, plan.effect, plan.goal, revision),
            *(
                json.dumps([[item.rule, item.reason] for item in record.waivers]),
                json.dumps(summary_data(plan)),
                canonical(plan_head_data(plan)),
                json.dumps(record.notes, ensure_ascii=False),
                record.document,
            ),
        ),
    )
    (number,) = connection.execute("SELECT number FROM runs WHERE id = ?", (run_id,)).fetchone()
    connection.executemany(
        "INSERT INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                *(number, at, item.id, item.step, item.action, item.holder, item.license, item.replaces),
                *(item.risk, item.reason, item.file, item.line),
            )
            for at, item in enumerate(plan.changes)
        ),
    )
    connection.executemany(
        "INSERT INTO updates VALUES (?, ?, ?, ?, ?, ?)",
        ((number, at, item.holder, item.field, item.before, item.after) for at, item in enumerate(plan.updates)),
    )
    return run_id


def _free_id(connection: Connection, tenant: int, name: str) -> str:
    """The id of a tenant's next run. A tenant that was renamed has left ids behind under the name of before."""
    (count,) = connection.execute("SELECT count(*) FROM runs WHERE tenant = ?", (tenant,)).fetchone()
    ids = (f"{name}-{number}" for number in itertools.count(count + 1))
    return next(
        run_id for run_id in ids if not connection.execute("SELECT 1 FROM runs WHERE id = ?", (run_id,)).fetchone()
    )


def listed(connection: Connection, tenants: Iterable[str] | None = None) -> list[Run]:
    """The runs of these tenants (None: of all), newest first."""
    wanted = None if tenants is None else frozenset(tenants)
    few = () if wanted is None or len(wanted) > AT_ONCE else tuple(wanted)
    chosen = f" WHERE tenants.name IN ({', '.join('?' for _ in few)})" if few else ""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM runs JOIN tenants ON tenants.id = runs.tenant{chosen} ORDER BY runs.number DESC",  # noqa: S608
        few,
    )
    return [_run(row) for row in rows if wanted is None or row[2] in wanted]


def found(connection: Connection, run_id: str) -> tuple[Run, Plan] | None:
    """A run and the plan that it carried out, or None."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM runs JOIN tenants ON tenants.id = runs.tenant WHERE runs.id = ?",  # noqa: S608
        (run_id,),
    ).fetchone()
    if row is None:
        return None
    (head,) = connection.execute("SELECT plan FROM runs WHERE number = ?", (row[0],)).fetchone()
    changes, updates = receipts(connection, (row[0],))
    with as_written(f"the run {run_id}"):
        return _run(row), plan_from(json.loads(head), changes, updates)


def document(connection: Connection, run_id: str) -> str | None:
    """The text that is kept with a run, or None."""
    row = connection.execute("SELECT document FROM runs WHERE id = ?", (run_id,)).fetchone()
    return None if row is None else row[0]


def by_digest(connection: Connection, tenant: str, digest: str) -> Run | None:
    """The run of a tenant that came with this set of plans and was not refused, or None."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM runs JOIN tenants ON tenants.id = runs.tenant"  # noqa: S608
        " WHERE tenants.name = ? AND digest = ? AND status IN ('applied', 'nothing', 'issued')",
        (tenant, digest),
    ).fetchone()
    return None if row is None else _run(row)


def receipts(connection: Connection, numbers: Sequence[int]) -> tuple[tuple[Change, ...], tuple[Update, ...]]:
    """The changes and updates of runs, in their order."""
    changes: list[Change] = []
    updates: list[Update] = []
    for number in numbers:
        rows: Any = connection.execute(
            "SELECT change, step, action, holder, license, replaces, risk, reason, file, line"
            " FROM receipts WHERE run = ? ORDER BY position",
            (number,),
        )
        changes += [
            Change(
                step=step,
                action=action,
                holder=holder,
                license=license_id,
                replaces=replaces,
                risk=risk,
                reason=reason,
                file=file,
                line=line,
                id=change,
            )
            for change, step, action, holder, license_id, replaces, risk, reason, file, line in rows
        ]
        rows = connection.execute(
            "SELECT holder, field, before, after FROM updates WHERE run = ? ORDER BY position", (number,)
        )
        updates += [
            Update(holder=holder, field=field, before=before, after=after) for holder, field, before, after in rows
        ]
    return tuple(changes), tuple(updates)


_LAST_APPLY = """
SELECT max(runs.number) FROM runs JOIN tenants ON tenants.id = runs.tenant
WHERE tenants.name = :tenant AND kind IN ('apply', 'import', 'confirm') AND status IN ('applied', 'nothing')
"""
"""What files asked for was brought about by it."""


def last_apply(connection: Connection, tenant: str) -> Run | None:
    """The last apply or import of a tenant, or None."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM runs JOIN tenants ON tenants.id = runs.tenant WHERE runs.number = ({_LAST_APPLY})",  # noqa: S608
        {"tenant": tenant},
    ).fetchone()
    return None if row is None else _run(row)


def observed_since_apply(connection: Connection, tenant: str) -> tuple[tuple[Change, ...], tuple[Update, ...]]:
    """What observations have moved since the last apply or import, in their order; nothing where there was none."""
    rows = connection.execute(
        "SELECT number FROM runs WHERE tenant = (SELECT id FROM tenants WHERE name = :tenant)"  # noqa: S608
        f" AND kind = 'observe' AND status = 'applied' AND number > ({_LAST_APPLY}) ORDER BY number",
        {"tenant": tenant},
    )
    return receipts(connection, [number for (number,) in rows])


def last_moves(connection: Connection, tenant: str, holder: str) -> dict[str, LastMove]:
    """What runs last did to each license of a holder, by license.

    A person is followed back through renames: before the run of one, receipts bear the UPN of before.
    """
    found: dict[str, LastMove] = {}
    until = _END
    while True:
        name = {"tenant": tenant, "holder": holder_key(holder), "until": until}
        renamed = connection.execute(f"{_RENAMES} ORDER BY runs.number DESC LIMIT 1", name).fetchone()
        since = 0 if renamed is None else renamed[0]
        for action, license_id, replaces, *run in connection.execute(_MOVES, {**name, "since": since}):
            about = _run(run)
            found.setdefault(license_id, LastMove(action != "revoke", about))
            if replaces is not None:
                found.setdefault(replaces, LastMove(gave=False, run=about))
        if renamed is None:
            return found
        until, holder = since, f"user:{renamed[1]}"


def usage_history(connection: Connection, tenant: str, since: str) -> list[UsageThen]:
    """What the runs of a tenant left behind that came about at or after a time, oldest first; only heads are read."""
    rows = connection.execute(
        "SELECT at, plan FROM runs WHERE tenant = (SELECT id FROM tenants WHERE name = ?)"
        " AND at >= ? AND status IN ('applied', 'nothing') ORDER BY number",
        (tenant, since),
    )
    with as_written(f"a run of {tenant}"):
        return [_usage_then(at, json.loads(plan)["usage"]) for at, plan in rows]


def _usage_then(at: str, usage: Iterable[Mapping[str, Any]]) -> UsageThen:
    datetime.fromisoformat(at)
    return UsageThen(at, {item["license"]: (item["contingency"], item["after"]) for item in usage})


def _run(row: Sequence[Any]) -> Run:
    _, run_id, tenant, at, who, commit, kind, status, effect, goal, revision, waivers, notes, kept, summary = row
    with as_written(f"the run {run_id}"):
        return Run(
            id=run_id,
            tenant=tenant,
            at=at,
            who=who,
            commit=commit,
            kind=kind,
            status=status,
            effect=effect,
            goal=goal,
            revision=revision,
            summary={rule: int(count) for rule, count in json.loads(summary).items()},
            waivers=tuple(Waived(rule, reason) for rule, reason in json.loads(waivers)),
            notes=tuple(map(str, json.loads(notes))),
            kept=bool(kept),
        )
