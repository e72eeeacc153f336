"""What a ledger promises in each database: the database keeps the quota, locks end, what fails leaves nothing."""

import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest

from filled_ledgers import (
    ME,
    REFUSED,
    TENANT,
    carry_out,
    drop_trigger,
    dumped,
    filled,
    grant,
    on_a_server,
    outside,
    plan_of,
    revoke,
    taken,
    texts,
    trigger,
    words_of,
)
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.locks import LEASE_SECONDS, Held, Lease
from tenantry.backends.ledger.migrations import triggers
from tenantry.errors import CommitError, OperatorError, PlanAgainError, TenantryError
from tenantry.model.plan import Update
from tenantry.model.run import Actor, LastMove, Record
from tenantry.model.state import Account, InUse

ADA, BOB, EVE = (f"user:{name}@x.example" for name in ("ada", "bob", "eve"))
GIVE = (
    "INTO assignments (tenant, holder, license)"
    " SELECT tenant, id, 'companion' FROM holders WHERE folded = 'eve@x.example'"
)


@pytest.fixture
def full(ledger: Ledger) -> Ledger:
    """A ledger in which ada and bob hold the two companions that were bought, and eve none."""
    filled(ledger)
    return ledger


def counter(ledger: Ledger, license_id: str = "companion") -> tuple[int, int | None]:
    """How many are assigned, and the ceiling."""
    row = outside(ledger, "SELECT assigned, ceiling FROM counters WHERE license = ?", (license_id,))[0]
    return row[0], row[1]


def held_by(ledger: Ledger, holder: str) -> list[str]:
    """The licenses of a user."""
    return sorted(ledger.read(TENANT).holders["user"][holder.partition(":")[2]].licenses)


# the quota


def test_nobody_can_assign_more_than_the_ceiling(full: Ledger) -> None:
    with pytest.raises(REFUSED, match="quota"):
        outside(full, f"INSERT {GIVE}")
    assert counter(full) == (2, 2)
    assert held_by(full, EVE) == []


def test_what_is_assigned_already_cannot_be_assigned_again_and_counted_twice(full: Ledger) -> None:
    with pytest.raises(REFUSED):
        outside(full, f"INSERT {GIVE.replace('eve', 'ada')}")
    assert counter(full) == (2, 2)
    assert full.faults() == []


@pytest.mark.parametrize("what", ["license = 'email'", "holder = holder + 2", "tenant = tenant"])
def test_an_assignment_is_never_changed(full: Ledger, what: str) -> None:
    with pytest.raises(REFUSED):
        outside(full, f"UPDATE assignments SET {what}")  # noqa: S608 - our own words
    assert counter(full) == (2, 2)


def test_an_assignment_cannot_count_for_another_tenant_than_its_holders(full: Ledger) -> None:
    carry_out(full, tenant="fabrikam", contingency={"companion": 100})
    for tenant in (2, 99):
        with pytest.raises(REFUSED, match="of the tenant of its holder"):
            outside(full, "INSERT INTO assignments (tenant, holder, license) VALUES (?, 3, 'companion')", (tenant,))
    assert full.faults() == []


@pytest.mark.parametrize(
    "what", ["UPDATE holders SET tenant = 2", "UPDATE holders SET id = id + 10", "DELETE FROM holders WHERE id = 1"]
)
def test_a_holder_stays_with_its_tenant_and_with_what_it_has(full: Ledger, what: str) -> None:
    carry_out(full, tenant="fabrikam", contingency={"companion": 0})
    rows = dumped(full)
    with pytest.raises(REFUSED):
        outside(full, what)
    assert dumped(full) == rows
    assert full.faults() == []


def test_what_was_never_bought_has_no_ceiling(full: Ledger) -> None:
    with pytest.raises(REFUSED):
        outside(full, "UPDATE counters SET ceiling = 50 WHERE license = 'email'")


def test_a_writer_of_the_ledger_is_refused_too_and_nothing_of_it_is_written(full: Ledger) -> None:
    with pytest.raises(PlanAgainError, match="refused a write that would break what it keeps"):
        carry_out(full, [revoke(ADA, "companion"), *(grant(h, "companion", step=2) for h in (ADA, EVE))])
    assert counter(full) == (2, 2)
    assert held_by(full, ADA) == ["companion"]
    assert [run.id for run in full.runs()] == ["contoso-1"]


def test_within_a_step_units_are_taken_before_they_are_given(full: Ledger) -> None:
    carry_out(full, [grant(EVE, "companion", step=1), revoke(ADA, "companion", step=1)])
    assert counter(full) == (2, 2)
    assert held_by(full, EVE) == ["companion"]


def test_what_is_over_allocated_may_shrink_and_never_grow(full: Ledger) -> None:
    carry_out(full, [grant(EVE, "companion")], contingency={"companion": 3})
    carry_out(full, contingency={"companion": 1})
    assert counter(full) == (3, 3)
    outside(full, "DELETE FROM assignments WHERE holder = 1")
    assert counter(full) == (2, 2)
    with pytest.raises(REFUSED):
        outside(full, "INSERT INTO assignments (tenant, holder, license) VALUES (1, 1, 'companion')")
    outside(full, "DELETE FROM assignments WHERE holder IN (2, 3)")
    assert counter(full) == (0, 1)
    outside(full, "INSERT INTO assignments (tenant, holder, license) VALUES (1, 1, 'companion')")
    assert counter(full) == (1, 1)


@pytest.mark.parametrize("license_id", ["email", "assistant", "external_task"])
def test_what_is_unlimited_or_unknown_has_no_ceiling(full: Ledger, license_id: str) -> None:
    holders = [f"user:{at}@x.example" for at in range(50)]
    carry_out(full, [grant(holder, license_id, step=at) for at, holder in enumerate(holders, 1)], newcomers=holders)
    assert counter(full, license_id) == (50, None)


def test_a_fact_above_the_ceiling_is_recorded_and_cannot_be_enlarged_afterwards(full: Ledger) -> None:
    changes = [grant(EVE, "companion")]
    lease = taken(full)
    with full.writing(lease) as writing:
        writing.lift()
        writing.carry_out(changes, (), ())
        writing.settle()
        writing.record(
            Record(kind="observe", status="applied", at="", actor=Actor("ada"), digest="", plan=plan_of(changes))
        )
    assert counter(full) == (3, 3)
    with pytest.raises(PlanAgainError):
        carry_out(full, [grant("user:zoe@x.example", "companion")], newcomers=["user:zoe@x.example"])


@pytest.mark.parametrize("column", ["assigned", "contingency"])
def test_nothing_is_counted_below_nothing(full: Ledger, column: str) -> None:
    with pytest.raises(REFUSED, match=r"(?i)check constraint"):
        outside(full, f"UPDATE counters SET {column} = -1")  # noqa: S608 - a column of ours


def test_nobody_stands_in_a_ledger_twice(full: Ledger) -> None:
    with pytest.raises(PlanAgainError, match="nothing was written"):
        carry_out(full, newcomers=["user:Ada@X.example"])


def test_what_somebody_uses_of_a_tier_is_over_with_it(full: Ledger) -> None:
    desk = "service:desk"
    carry_out(full, [grant(desk, "contact_center")], newcomers=[desk])
    with full.writing(taken(full)) as writing:
        writing.use([InUse(holder=desk, license=tier, what="2 queues") for tier in ("contact_center", "email")])
        writing.observe("2026-11-24T06:44:00Z", [("in_use", "", "2")])
    carry_out(full, [grant(desk, "advanced_routing", replaces="contact_center")])
    assert full.read(TENANT).in_use == (InUse(holder=desk, license="email", what="2 queues"),)


def test_what_somebody_uses_of_a_license_is_over_when_it_is_taken_away(full: Ledger) -> None:
    with full.writing(taken(full)) as writing:
        writing.use([InUse(holder=holder, license="companion", what="2 queues") for holder in (ADA, BOB)])
        writing.observe("2026-11-24T06:44:00Z", [("in_use", "", "2")])
    carry_out(full, [revoke(ADA, "companion")])
    assert full.read(TENANT).in_use == (InUse(holder=BOB, license="companion", what="2 queues"),)


def test_what_two_people_use_is_exchanged_with_their_names(full: Ledger) -> None:
    with full.writing(taken(full)) as writing:
        writing.use(
            [InUse(holder=ADA, license="companion", what="1"), InUse(holder=BOB, license="companion", what="2")]
        )
        writing.observe("2026-11-24T06:44:00Z", [("in_use", "", "2")])
    exchanged = [("ada@x.example", "bob@x.example"), ("bob@x.example", "ada@x.example")]
    carry_out(full, updates=[Update(holder=f"user:{b}", field="rename", before=a, after=b) for a, b in exchanged])
    assert {(item.holder, item.what) for item in full.read(TENANT).in_use or ()} == {(BOB, "1"), (ADA, "2")}


def test_what_somebody_uses_goes_with_a_new_name(full: Ledger) -> None:
    with full.writing(taken(full)) as writing:
        writing.use([InUse(holder=ADA, license="companion", what="2 queues")])
        writing.observe("2026-11-24T06:44:00Z", [("in_use", "", "1")])
    carry_out(
        full,
        updates=[Update(holder="user:Ana@x.example", field="rename", before="ada@x.example", after="Ana@x.example")],
    )
    assert full.read(TENANT).in_use == (InUse(holder="user:ana@x.example", license="companion", what="2 queues"),)


def test_a_label_is_changed_only_from_what_it_was(full: Ledger) -> None:
    with pytest.raises(PlanAgainError, match="no longer holds what the changes start from"):
        carry_out(full, updates=[Update(holder=EVE, field="name", before="Eva", after="Eve")])


# revisions


def test_a_state_tells_which_ledger_it_is_of(full: Ledger) -> None:
    state, other = full.read(TENANT), full.read("fabrikam")
    ((lineage,),) = outside(full, "SELECT lineage FROM tenants")
    kind = full.where.partition(":")[0]
    assert (state.found, state.lineage, state.where, state.backend) == (True, lineage, full.where, kind)
    assert lineage
    assert (other.found, other.lineage, other.where, other.backend) == (False, None, full.where, kind)


def test_the_revision_grows_by_one_with_what_counts(full: Ledger) -> None:
    def after(**more: object) -> int:
        carry_out(full, **more)  # type: ignore[arg-type]
        return full.read(TENANT).revision

    def updated(field: str, before: str | None, value: str | None, holder: str = EVE) -> int:
        return after(updates=[Update(holder=holder, field=field, before=before, after=value)])

    assert full.read(TENANT).revision == 1
    assert after() == 1
    assert after(contingency={"companion": 2}) == 1
    assert updated("name", None, "Eve") == 1
    assert updated("cost_center", None, "4711") == 1
    assert updated("object_id", None, "guid") == 2
    assert after(contingency={"companion": 3}) == 3
    assert after(changes=[grant(EVE, "companion")]) == 4
    assert after(changes=[revoke(EVE, "companion")]) == 5
    assert updated("rename", "eve@x.example", "eva@x.example", "user:eva@x.example") == 6
    assert updated("dropped", None, None, "user:eva@x.example") == 7


def test_a_state_counts_and_terms_and_observations_alone_do_not(full: Ledger) -> None:
    def written(*, state: str | None) -> int:
        with full.writing(taken(full)) as writing:
            writing.note_contract({}, state)
            writing.remember({"state": state})
            writing.note_spoken([ADA], [], [BOB])
            writing.observe("2026-11-24T06:44:00Z", [("used", "companion", "3")])
            writing.use([InUse(holder=ADA, license="companion", what="2 queues")])
            writing.list_accounts({"ada@x.example": Account(upn="Ada@x.example")})
            writing.record(Record(kind="observe", status="applied", at="", actor=Actor("a"), digest="", plan=plan_of()))
        return full.read(TENANT).revision

    assert [written(state="trial"), written(state="trial"), written(state="active"), written(state=None)] == [
        2,
        2,
        3,
        3,
    ]


def test_a_holder_that_was_dropped_is_gone(full: Ledger) -> None:
    carry_out(full, updates=[Update(holder=EVE, field="dropped", before=None, after=None)])
    assert sorted(full.read(TENANT).holders["user"]) == ["ada@x.example", "bob@x.example"]


def test_a_revision_never_goes_back(full: Ledger) -> None:
    with pytest.raises(REFUSED, match="never goes back"):
        outside(full, "UPDATE tenants SET revision = 0")


def test_a_stamp_of_before_a_ledger_was_opened_anew_is_never_that_of_now(full: Ledger) -> None:
    full.close()
    before = full.stamp()
    full.close()
    outside(full, "UPDATE holders SET name = 'Eve' WHERE folded = 'eve@x.example'")
    assert full.stamp() != before


def test_runs_of_some_tenants_are_those_of_no_other(full: Ledger) -> None:
    for name in ("fabrikam", "nordwind"):
        carry_out(full, tenant=name)
    assert [run.id for run in full.runs(["contoso", "nordwind"])] == ["nordwind-1", "contoso-1"]
    assert full.runs([]) == []
    assert [run.id for run in full.runs([f"t{at}" for at in range(600)] + ["fabrikam"])] == ["fabrikam-1"]


# locks


def test_a_lock_that_is_held_is_told_with_its_holder_and_not_taken(ledger: Ledger) -> None:
    first = taken(ledger)
    answer = ledger.take(TENANT, replace(ME, who="bob"))
    assert isinstance(answer, Held)
    assert str(answer).startswith("ada (process 4711 on here, for ")
    assert isinstance(ledger.take("fabrikam", ME), Lease)
    ledger.free(first)
    assert [lock.tenant for lock in ledger.locks()] == ["fabrikam"]


def test_the_fence_grows_with_each_lock_that_is_taken(ledger: Ledger) -> None:
    fences = []
    for _ in range(3):
        lease = taken(ledger)
        fences.append(lease.fence)
        ledger.free(lease)
    assert fences == [1, 2, 3]


def expire(ledger: Ledger) -> None:
    """As if the lease had run out."""
    outside(ledger, f"UPDATE locks SET expires_at = {words_of(ledger).now}")  # noqa: S608 - our own words


def test_an_expired_lease_is_taken_over_and_told(ledger: Ledger) -> None:
    taken(ledger)
    expire(ledger)
    assert ledger.locks()[0].expired
    other = ledger.take(TENANT, replace(ME, host="elsewhere"))
    assert isinstance(other, Lease)
    assert other.taken_over is not None
    assert re.fullmatch(r"ada \(process 4711 on here, for \d+ s\), whose lease had run out", other.taken_over)
    assert other.told() == f"; its lock was taken over from {other.taken_over}"


def test_a_lease_of_a_clock_that_was_ahead_bars_nobody(ledger: Ledger) -> None:
    taken(ledger)
    outside(ledger, "UPDATE locks SET taken_at = taken_at + 31536000, expires_at = expires_at + 31536000")
    assert [(lock.age, lock.expired) for lock in ledger.locks()] == [(0, True)]
    assert isinstance(ledger.take(TENANT, replace(ME, host="elsewhere")), Lease)


def test_a_lock_that_was_taken_over_lasts_as_long_as_any_other(ledger: Ledger) -> None:
    taken(ledger)
    expire(ledger)
    taken(ledger, claimant=replace(ME, who="bob"))
    assert [(lock.owner, lock.expired) for lock in ledger.locks()] == [("bob", False)]
    assert isinstance(ledger.take(TENANT, ME), Held)


def test_the_lock_of_a_dead_process_of_this_host_is_taken_over_at_once(ledger: Ledger) -> None:
    taken(ledger)
    assert taken(ledger, "fabrikam").told() == ""
    found = ledger.take(TENANT, replace(ME, pid=1, alive=lambda pid: pid != 4711))
    assert isinstance(found, Lease)
    assert str(found.taken_over).endswith(", whose process is gone")


def test_the_lock_of_another_host_is_not_judged_by_the_processes_of_this_one(ledger: Ledger) -> None:
    taken(ledger)
    found = ledger.take(TENANT, replace(ME, host="elsewhere", alive=lambda pid: False))  # noqa: ARG005
    assert isinstance(found, Held)


def test_a_lease_lasts_a_minute_from_its_last_renewal(ledger: Ledger) -> None:
    lease = taken(ledger)
    ends = f"SELECT expires_at - {words_of(ledger).now} FROM locks"  # noqa: S608 - our own words
    assert LEASE_SECONDS - 2 <= outside(ledger, ends)[0][0] <= LEASE_SECONDS
    outside(ledger, "UPDATE locks SET expires_at = expires_at - 50")
    with ledger.writing(lease):
        assert 8 <= outside(ledger, ends)[0][0] <= 10, "nobody sees it before it is committed"


def test_a_lease_that_was_lost_cannot_write(ledger: Ledger) -> None:
    lost = taken(ledger)
    expire(ledger)
    other = taken(ledger, claimant=replace(ME, who="bob"))
    with pytest.raises(PlanAgainError, match="was lost to another process"), ledger.writing(lost):
        pytest.fail("it must not come so far")
    ledger.free(lost)
    assert [lock.owner for lock in ledger.locks()] == ["bob"], "and can't free the lock of its successor"
    ledger.free(other)
    with pytest.raises(PlanAgainError), ledger.writing(other):
        pytest.fail("a lock that was given back is lost")


def test_an_expired_lease_that_nobody_took_still_writes(ledger: Ledger) -> None:
    lease = taken(ledger)
    expire(ledger)
    with ledger.writing(lease) as writing:
        writing.note_contract({"companion": 1})
    assert counter(ledger) == (0, 1)


def test_a_lock_is_free_after_every_way_out(ledger: Ledger) -> None:
    with ledger.writing(taken(ledger)):
        pass
    assert ledger.locks() == []
    lost = "disk I/O error"
    broken = psycopg.OperationalError(lost) if on_a_server(ledger) else sqlite3.OperationalError(lost)
    for failure in (KeyboardInterrupt, PlanAgainError("stale"), broken):
        lease = taken(ledger)
        with pytest.raises((KeyboardInterrupt, TenantryError)), ledger.writing(lease):
            raise failure
        ledger.free(lease)
        assert ledger.locks() == []


def test_a_lock_that_cannot_be_given_back_hides_no_other_error(ledger: Ledger) -> None:
    lease = taken(ledger)
    outside(ledger, "DROP TABLE locks")
    ledger.free(lease)


def test_after_a_commit_that_failed_nothing_is_there_and_the_ledger_can_be_used(full: Ledger) -> None:
    # what is looked at only by the commit leaves the transaction open when it fails
    outside(full, f"CREATE TABLE late (run {texts(full)} REFERENCES runs (id) DEFERRABLE INITIALLY DEFERRED)")
    trigger(full, "late", "AFTER INSERT ON runs", "INSERT INTO late VALUES ('nowhere');")
    before = dumped(full)
    with pytest.raises(CommitError):
        carry_out(full, [revoke(ADA, "companion")])
    assert dumped(full) == before
    assert full.locks() == []
    outside(full, "DROP TABLE late")
    drop_trigger(full, "late", "runs")
    carry_out(full, [revoke(ADA, "companion")])
    assert held_by(full, ADA) == []


# receipts


def test_a_write_that_fails_in_the_middle_leaves_nothing(full: Ledger) -> None:
    before = dumped(full)
    updates = [Update(holder=EVE, field="name", before=None, after="Eve")]
    for changes in (
        [revoke(ADA, "companion"), revoke(EVE, "companion", step=2)],
        [revoke(ADA, "companion"), grant(EVE, "companion", step=2), grant("user:nobody@x", "email", step=3)],
        [revoke(ADA, "companion"), grant(BOB, "companion", step=2)],
    ):
        with pytest.raises(PlanAgainError, match="nothing was written"):
            carry_out(full, changes, updates, newcomers=["user:zoe@x.example"], contingency={"email": 3})
    assert dumped(full) == before


@pytest.mark.parametrize("table", ["receipts", "updates", "runs"])
def test_an_effect_without_its_receipt_is_not_written(full: Ledger, table: str) -> None:
    trigger(full, "broken", f"BEFORE INSERT ON {table}", "INSERT INTO tenants (name, lineage) VALUES ('contoso', '');")
    updates = [Update(holder=EVE, field="name", before=None, after="Eve")]
    with pytest.raises(PlanAgainError):
        carry_out(full, [revoke(ADA, "companion")], updates)
    state = full.read(TENANT)
    assert held_by(full, ADA) == ["companion"]
    assert state.holders["user"]["eve@x.example"].labels.name is None
    assert state.revision == 1
    assert len(full.runs()) == 1


def test_a_run_is_told_with_all_that_it_carried_out(full: Ledger) -> None:
    changes = [revoke(ADA, "companion"), grant(EVE, "companion", step=2, file="tenants/contoso.yaml", line=7)]
    updates = [Update(holder=EVE, field="name", before=None, after="Eve")]
    run_id = carry_out(full, changes, updates)
    found = full.run(run_id)
    assert found is not None
    run, plan = found
    assert (run.id, run.tenant, run.who, run.commit, run.revision) == ("contoso-2", TENANT, "ada", "1a2b3c4d5e6f", 2)
    assert plan == plan_of(changes, updates)
    assert run.summary == {"error": 0, "grant": 1, "replace": 0, "revoke": 1, "update": 1, "warning": 0}
    assert full.run("contoso-3") is None
    assert [item.id for item in full.runs([TENANT])] == ["contoso-2", "contoso-1"]
    assert full.runs(["fabrikam"]) == []


def test_a_tier_that_was_put_in_place_of_another_is_told_with_the_run(ledger: Ledger) -> None:
    desk, tiers = "service:desk", {"advanced_routing": 1, "contact_center": 1}
    carry_out(ledger, [grant(desk, "advanced_routing")], newcomers=(desk,), contingency=tiers)
    change = grant(desk, "contact_center", replaces="advanced_routing")
    found = ledger.run(carry_out(ledger, [change]))
    assert found is not None
    assert found[1].changes == (change,)


def test_what_an_observation_noted_is_told_with_its_run(full: Ledger) -> None:
    with full.writing(taken(full)) as writing:
        noted = Record(
            kind="observe",
            status="applied",
            at="",
            actor=Actor("a"),
            digest="",
            plan=plan_of(),
            notes=("ada is not in the directory", "„müller“"),
        )
        run_id = writing.record(noted)
    assert [(run.id, run.notes) for run in full.runs()] == [(run_id, noted.notes), ("contoso-1", ())]


def test_no_two_runs_have_one_id(full: Ledger) -> None:
    carry_out(full)
    with pytest.raises(REFUSED, match=r"(?i)unique"):
        outside(full, "UPDATE runs SET id = 'contoso-1'")


def rejected(ledger: Ledger, lease: Lease, former: str | None) -> str:
    """A run that leaves the record as it is; its id."""
    with ledger.writing(lease, former) as writing:
        writing.give_back()
        plan = plan_of(tenant=lease.tenant)
        return writing.record(
            Record(kind="observe", status="rejected", at="", actor=Actor("a"), digest="", plan=plan, document="{}")
        )


def test_a_record_that_is_given_back_keeps_name_and_revision_and_its_run_has_an_id_of_the_lock(full: Ledger) -> None:
    assert rejected(full, taken(full, "nordwind"), TENANT) == "nordwind-2"
    assert (full.tenants(), full.read(TENANT).revision) == ((TENANT,), 1)
    assert [(run.id, run.tenant) for run in full.runs()] == [("nordwind-2", TENANT), ("contoso-1", TENANT)]
    assert full.document("nordwind-2") == "{}"
    assert rejected(full, taken(full), None) == "contoso-3"
    assert (full.faults(), full.locks()) == ([], [])


def test_whoever_lost_the_lock_of_the_new_name_writes_nothing_into_a_record_of_the_former(full: Ledger) -> None:
    late = taken(full, "nordwind")
    outside(full, "UPDATE locks SET expires_at = 0")
    mine = taken(full, "nordwind")
    with pytest.raises(PlanAgainError, match="was lost to another process"):
        rejected(full, late, TENANT)
    assert (full.tenants(), len(full.runs()), len(full.locks())) == ((TENANT,), 1, 1)
    full.free(mine)


def test_a_tenant_that_takes_the_former_name_of_another_gets_run_ids_of_its_own(full: Ledger) -> None:
    assert carry_out(full, tenant="nordwind", former=TENANT) == "nordwind-2"
    assert carry_out(full, tenant=TENANT) == "contoso-2"
    assert carry_out(full, tenant=TENANT) == "contoso-3"
    assert [(run.id, run.tenant) for run in full.runs()] == [
        ("contoso-3", "contoso"),
        ("contoso-2", "contoso"),
        ("nordwind-2", "nordwind"),
        ("contoso-1", "nordwind"),
    ]


# what runs last did


def last(ledger: Ledger, holder: str) -> dict[str, tuple[bool, str]]:
    """Whether a license was given, and the run that did it."""
    return {name: (move.gave, move.run.id) for name, move in ledger.last_moves(TENANT, holder).items()}


def test_the_last_that_a_run_did_to_a_license_is_known(full: Ledger) -> None:
    assert last(full, "user:ADA@X.example") == {"companion": (True, "contoso-1")}
    carry_out(full, [revoke(ADA, "companion")])
    assert last(full, ADA) == {"companion": (False, "contoso-2")}
    assert full.last_moves(TENANT, ADA)["companion"] == LastMove(gave=False, run=full.runs()[0])
    assert last(full, EVE) == {}
    assert full.last_moves("fabrikam", ADA) == {}


def test_a_tier_that_was_put_in_place_of_another_tells_of_both(full: Ledger) -> None:
    desk = "service:desk"
    carry_out(full, [grant(desk, "contact_center")], newcomers=[desk, "service:DESK"])
    carry_out(full, [grant(desk, "advanced_routing", replaces="contact_center")])
    assert last(full, desk) == {"advanced_routing": (True, "contoso-3"), "contact_center": (False, "contoso-3")}
    assert last(full, "service:DESK") == {}, "only people are known without case"


def test_a_person_is_followed_back_through_renames(full: Ledger) -> None:
    def renamed(old: str, new: str) -> Update:
        return Update(
            holder=f"user:{new}@x.example", field="rename", before=f"{old}@x.example", after=f"{new}@x.example"
        )

    carry_out(full, [grant(BOB, "email")])
    carry_out(full, updates=[renamed("ada", "bob"), renamed("bob", "ada")])
    carry_out(full, [revoke(ADA, "email")], [renamed("bob", "rob")])
    assert last(full, "user:rob@x.example") == {"companion": (True, "contoso-1")}
    assert last(full, ADA) == {"companion": (True, "contoso-1"), "email": (False, "contoso-4")}


def test_what_was_observed_since_the_last_apply_is_told_and_no_more(full: Ledger) -> None:
    carry_out(full, [revoke(ADA, "companion")], kind="observe")
    seen = Update(holder=EVE, field="name", before=None, after="Eve")
    carry_out(full, updates=[seen], kind="observe", status="rejected")
    last = full.last_apply(TENANT)
    assert last is not None
    assert (last.id, last.kind, last.effect, last.goal) == ("contoso-1", "apply", plan_of().effect, plan_of().goal)
    assert full.observed_since_apply(TENANT) == ((revoke(ADA, "companion"),), ())
    assert full.observed_since_apply("fabrikam") == ((), ())
    assert full.last_apply("fabrikam") is None
    carry_out(full)
    assert full.observed_since_apply(TENANT) == ((), ())


def test_the_text_that_is_kept_with_a_run_is_given_back(full: Ledger) -> None:
    with full.writing(taken(full)) as writing:
        kept = Record(
            kind="observe", status="rejected", at="", actor=Actor("a"), digest="", plan=plan_of(), document="{}\n"
        )
        run_id = writing.record(kept)
    assert (full.document(run_id), full.document("contoso-1")) == ("{}\n", None)
    assert [(run.id, run.kept) for run in full.runs()] == [(run_id, True), ("contoso-1", False)]


def test_what_was_kept_and_did_not_become_current_moved_nothing(full: Ledger) -> None:
    with full.writing(taken(full)) as writing:
        plan = plan_of([revoke(ADA, "companion")])
        writing.record(Record(kind="observe", status="rejected", at="", actor=Actor("a"), digest="", plan=plan))
    assert last(full, ADA) == {"companion": (True, "contoso-1")}


# soundness


def test_a_sound_ledger_has_no_faults(full: Ledger) -> None:
    assert full.faults() == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE counters SET assigned = 1 WHERE license = 'companion'",
            "contoso: the counter of companion says 1, and 2",
        ),
        (
            "UPDATE counters SET ceiling = 99 WHERE license = 'companion'",
            "contoso: the ceiling of companion is 99, above what was bought.",
        ),
        (
            "UPDATE counters SET ceiling = NULL WHERE license = 'companion'",
            "contoso: the ceiling of companion is none, above what was bought.",
        ),
        ("DELETE FROM counters WHERE license = 'companion'", "contoso: nothing counts companion, and 2 are assigned."),
    ],
)
def test_what_does_not_agree_is_told(full: Ledger, statement: str, told: str) -> None:
    outside(full, statement)
    assert len(full.faults()) == 1
    assert full.faults()[0].startswith(told)


TERMS_ARE = "UPDATE tenants SET terms = '{}'"


def plan_of_run(ledger: Ledger) -> object:
    return ledger.run("contoso-1")


def state_of(ledger: Ledger) -> object:
    return ledger.read(TENANT)


def history_of(ledger: Ledger) -> object:
    return ledger.usage_history(TENANT, "2000")


@pytest.mark.parametrize(
    ("statement", "ask", "what"),
    [
        ("UPDATE runs SET notes = '1'", Ledger.runs, "the run contoso-1"),
        ("UPDATE runs SET waivers = 'x'", Ledger.runs, "the run contoso-1"),
        ("UPDATE runs SET summary = '[]'", Ledger.runs, "the run contoso-1"),
        ("UPDATE runs SET plan = '{}'", plan_of_run, "the run contoso-1"),
        ("UPDATE runs SET plan = '{}'", history_of, "a run of contoso"),
        ("UPDATE runs SET at = 'yesterday', notes = 'x'", history_of, "a run of contoso"),
        ("UPDATE tenants SET terms = '[1]'", state_of, "the tenant contoso"),
        ("UPDATE tenants SET terms = 'not json'", state_of, "the tenant contoso"),
        (TERMS_ARE.format("[" * 5000), state_of, "the tenant contoso"),
        *(
            (TERMS_ARE.format(terms), state_of, "the tenant contoso")
            for terms in (
                '{"contract": 1}',
                '{"contract": {"state": {}}}',
                '{"contract": {"contingency": 1}}',
                '{"contract": {"contingency": {"email": "5"}}}',
                '{"contract": {"contingency": {"email": true}}}',
                '{"rules": []}',
                '{"rules": {"terms-changed": "loud"}}',
                '{"rules": {"terms-changed": []}}',
            )
        ),
        ("INSERT INTO observations VALUES (1, 'used', 'email', 'abc', 0, '')", state_of, "the tenant contoso"),
    ],
)
def test_what_is_not_as_it_was_written_is_one_sentence_and_seen_by_a_checkup(
    full: Ledger, statement: str, ask: Callable[[Ledger], object], what: str
) -> None:
    outside(full, statement)
    sentence = f"The ledger is damaged: {what} isn't as it was written."
    with pytest.raises(OperatorError, match=re.escape(sentence)):
        ask(full)
    assert any(fault.startswith("The ledger is damaged: the ") for fault in full.faults())
    with pytest.raises(OperatorError, match="is not sound"), full.copied():
        pass


def test_a_tenant_whose_name_is_none_is_told(full: Ledger) -> None:
    outside(full, "UPDATE tenants SET name = '../x'")
    assert full.faults() == ["The ledger is damaged: '../x' is the name of no tenant."]


@pytest.mark.parametrize("name", sorted(triggers("sqlite") & triggers("postgresql")))
def test_a_trigger_that_is_gone_is_told_and_a_backup_goes_without_it(full: Ledger, name: str) -> None:
    drop_trigger(full, name, name.partition("_")[0])
    assert full.faults() == [f"The database keeps its rules no longer: the trigger {name} is gone or off."]
    with full.copied() as tables:
        assert next(tables).name == "tenants"
