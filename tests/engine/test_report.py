"""The roll-up of several tenants adds up what is assigned once, whoever has it."""

import datetime
from dataclasses import dataclass

from tenantry.engine.asking import Request
from tenantry.engine.report import report
from tenantry.model.state import CurrentState
from worlds import Folder, state

CO = "companion"


@dataclass(frozen=True)
class Recorded:
    """A backend in whose every tenant one Companion is known, and two more are counted by the vendor."""

    def for_worker(self) -> "Recorded":
        return self

    def tenants(self) -> tuple[str, ...]:
        return ("a", "b")

    def knows(self, tenant: str) -> bool:
        return tenant in self.tenants()

    def read(self, tenant: str) -> CurrentState:
        holders = {"users": {"ada@x.example": {"licenses": [CO]}}}
        return state(holders, tenant=tenant, backend="sqlite", unaccounted={CO: 2})


def test_a_roll_up_counts_unaccounted_units_once() -> None:
    text = f"version: 1\ncontract: {{contingency: {{{CO}: 5}}}}\n"
    files = Folder({"tenants/a.yaml": text, "tenants/b.yaml": text})
    now = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
    found, _ = report(Request(files=files, now=now, backend=lambda _: Recorded()))
    assert found.roll_up is not None
    (row,) = (item for item in found.roll_up.licenses if item.license == CO)
    assert (row.contingency, row.assigned, row.unaccounted, row.available) == (10, 6, 4, 4)
    assert [(item.assigned, item.available) for item in found.roll_up.tenants] == [(3, 2), (3, 2)]
