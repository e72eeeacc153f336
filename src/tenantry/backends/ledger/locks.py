"""The lock of a tenant: a row with a fence and a lease. It is politeness; fence and compared basis are safety."""

from collections.abc import Callable
from dataclasses import dataclass

from tenantry.backends.ledger.database import Connection, transaction
from tenantry.errors import PlanAgainError

LEASE_SECONDS = 60
"""How long a lock lasts, by the database's clock, whatever the clocks of the runners say."""
_FURTHEST = 2 * LEASE_SECONDS
"""A lease that ends later than in so many seconds was given when the clock was ahead, and has run out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant:
    """Who wants a lock. `alive` tells whether a process of this host is there."""

    who: str
    host: str
    pid: int
    alive: Callable[[int], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lock that was taken. `taken_over` says from whom, where its last holder had not given it back."""

    tenant: str
    fence: int
    taken_over: str | None = None

    def told(self) -> str:
        """What is to be added to a message where the lock was taken over."""
        return f"; its lock was taken over from {self.taken_over}" if self.taken_over else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A lock that somebody has, for so many seconds so far."""

    tenant: str
    owner: str
    host: str
    pid: int
    age: int
    expired: bool

    def __str__(self) -> str:
        """Who has it, as a person reads it."""
        return f"{self.owner} (process {self.pid} on {self.host}, for {self.age} s)"


def held(connection: Connection) -> list[Held]:
    """Every lock that is not free."""
    now = connection.words.now
    rows = connection.execute(
        f"SELECT tenant, owner, host, pid, {now} - taken_at,"  # noqa: S608 - no value of anybody's
        f" expires_at <= {now} OR expires_at > {now} + {_FURTHEST}"
        " FROM locks WHERE owner IS NOT NULL ORDER BY tenant"
    )
    return [
        Held(tenant=tenant, owner=owner, host=host, pid=pid, age=max(age, 0), expired=bool(expired))
        for tenant, owner, host, pid, age, expired in rows
    ]


def take(connection: Connection, tenant: str, claimant: Claimant) -> Lease | Held:
    """Take the lock of a tenant, or tell who has it. One whose process died on this host is taken over at once."""
    now = connection.words.now
    with transaction(connection, write=True):
        holder = next((item for item in held(connection) if item.tenant == tenant), None)
        died = holder is not None and holder.host == claimant.host and not claimant.alive(holder.pid)
        if holder is not None and not (holder.expired or died):
            return holder
        connection.execute(
            "INSERT INTO locks (tenant, fence, owner, host, pid, taken_at, expires_at)"  # noqa: S608 - as above
            f" VALUES (:tenant, 1, :owner, :host, :pid, {now}, {now} + {LEASE_SECONDS})"
            " ON CONFLICT (tenant) DO UPDATE SET fence = locks.fence + 1, owner = :owner, host = :host, pid = :pid,"
            f" taken_at = {now}, expires_at = {now} + {LEASE_SECONDS}",
            {"tenant": tenant, "owner": claimant.who, "host": claimant.host, "pid": claimant.pid},
        )
        (fence,) = connection.execute("SELECT fence FROM locks WHERE tenant = ?", (tenant,)).fetchone()
    why = "whose process is gone" if died else "whose lease had run out"
    return Lease(tenant=tenant, fence=fence, taken_over=None if holder is None else f"{holder}, {why}")


def renew(connection: Connection, lease: Lease) -> None:
    """Make a lease last anew. PlanAgainError where somebody else has taken the lock since."""
    moved = connection.execute(
        f"UPDATE locks SET expires_at = {connection.words.now} + {LEASE_SECONDS}"  # noqa: S608 - as above
        " WHERE tenant = ? AND fence = ? AND owner IS NOT NULL",
        (lease.tenant, lease.fence),
    )
    if moved.rowcount != 1:
        raise PlanAgainError(
            f"The lock of {lease.tenant} was lost to another process; nothing was written.", "Plan again."
        )


def free(connection: Connection, lease: Lease) -> None:
    """Give a lock back; one that somebody else has taken since is left to them."""
    connection.execute(
        "UPDATE locks SET owner = NULL, host = NULL, pid = NULL, taken_at = NULL, expires_at = NULL"
        " WHERE tenant = ? AND fence = ?",
        (lease.tenant, lease.fence),
    )
