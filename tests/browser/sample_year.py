"""The sample workspace after a year of use: a ledger in which one tenant grew month by month, with a fixed today."""

import datetime
import json
import shutil
from pathlib import Path
from unittest import mock

from tenantry.cli.door import run
from tenantry.cli.exits import DONE, REJECTED
from tenantry.cli.session import Session

ROOT = Path(__file__).parents[2]
TODAY = datetime.date(2026, 11, 24)
TENANTS = ("contoso", "fabrikam", "minimal")
_HELD = (74, 78, 83, 83, 88, 91, 97, 104, 103, 109, 115, 118)
"""Users that contoso had at the end of each month before today."""
_BOUGHT = {
    "advanced_routing": "unlimited",
    "enterprise_routing": 3,
    "contact_center": 2,
    "interact_service": 1,
    "interact": 5,
    "companion": 25,
    "instant_messaging": 120,
    "email": 10,
    "virtual_user": 2,
}
"""What contoso had bought all the year; of its users 100 until the middle of it, then 120."""


def call(folder: Path, *command: str, rejected: bool = False) -> None:
    """A command in the workspace; RuntimeError where it ends otherwise than it should."""
    code = run(["-C", str(folder), "--quiet", *command])
    if code != (REJECTED if rejected else DONE):
        raise RuntimeError(f"tenantry {' '.join(command)} ended with {code}")


def live_through_it(folder: Path) -> Path:
    """Copy the samples into a folder and observe them through the year; the workspace."""
    for name in ("tenants", "snapshots"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "tenantry.yaml", folder)
    contoso = json.loads((ROOT / "snapshots/contoso.json").read_text("utf-8"))
    for month, held in enumerate(_HELD):
        bought = _BOUGHT | {"contact_center_user": 100 if month < len(_HELD) // 2 else 120}
        users = dict(list(contoso["users"].items())[:held])
        _observe(folder, {**contoso, "contingency": bought, "users": users}, _days_before(30 * (len(_HELD) - month)))
    for tenant in TENANTS:
        _observe(folder, json.loads((ROOT / f"snapshots/{tenant}.json").read_text("utf-8")), _days_before(1))
    return folder


def _days_before(days: int) -> datetime.datetime:
    day = TODAY - datetime.timedelta(days)
    return datetime.datetime.combine(day, datetime.time(9), datetime.UTC)


def _observe(folder: Path, snapshot: dict[str, object], at: datetime.datetime) -> None:
    file = folder / "observed.json"
    file.write_text(json.dumps(snapshot), encoding="utf-8")
    with mock.patch.object(Session, "now", at):
        call(
            folder, "observe", str(snapshot["tenant"]), "--snapshot", str(file), f"--format=json={folder / 'said.json'}"
        )
