"""The files asked for are written, and each tenant is named, where the ledger can't be written or not even be read."""

import json
import os
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from at_the_door import Door, Said
from tenantry.cli import acting
from tenantry.cli.ledgers import Place

NOBODY = 65534
NOWHERE = "postgresql://127.0.0.1:1/x"
READ_ONLY = "The ledger sqlite:///.tenantry/ledger.db can't be written: it is read-only. Give write permission."


@pytest.fixture
def door(capsys: pytest.CaptureFixture[str]) -> Iterator[Door]:
    """A workspace of two tenants that everybody may enter, applied once; then one of them asks for somebody more."""
    with tempfile.TemporaryDirectory() as folder:
        made = Door(Path(folder), capsys)
        made.root.chmod(0o755)
        for tenant in ("contoso", "fabrikam"):
            made.write(f"tenants/{tenant}.yaml", tenant_of("ada"))
        made.told("apply", "--auto-approve")
        (made.root / ".tenantry/ledger.db").chmod(0o644)  # and so will be what SQLite makes beside it
        made.write("tenants/contoso.yaml", tenant_of("ada", "bob"))
        (made.root / "out").mkdir()
        (made.root / "out").chmod(0o777)
        yield made
        (made.root / ".tenantry").chmod(0o755)


def tenant_of(*names: str) -> str:
    users = {f"{name}@x.example": {"licenses": ["companion"]} for name in names}
    return json.dumps({"version": 1, "contract": {"contingency": {"companion": 5}}, "users": users})


def without_rights(door: Door, folder: int, act: Callable[[], object]) -> None:
    """Do something as somebody who may read the ledger and not write it; `folder` is the mode of its folder."""
    ledger = door.root / ".tenantry/ledger.db"
    ledger.chmod(0o444)
    ledger.parent.chmod(folder)
    pid = os.fork()
    if pid == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            act()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - whatever it is, this process ends here
            (door.root / "out/told").write_text(traceback.format_exc())
        finally:
            os._exit(1)
    assert os.waitpid(pid, 0)[1] == 0, (door.root / "out/told").read_text()


def results(door: Door) -> list[dict[str, Any]]:
    """The results in the file that was asked for."""
    found: list[dict[str, Any]] = json.loads((door.root / "out/r.json").read_text())["results"]
    return found


def apply(door: Door, *words: str) -> Said:
    return door.run(*words, "--format", f"json={door.root}/out/r.json")


@pytest.mark.parametrize("folder", [0o555, 0o777])
@pytest.mark.parametrize("saved", [False, True])
def test_a_ledger_that_can_be_read_and_not_written_fails_each_tenant_and_is_planned_on(
    door: Door, folder: int, *, saved: bool
) -> None:
    plan = door.root / "out/plan.json"
    door.told("plan", "--out", str(plan))
    before = (door.root / ".tenantry/ledger.db").read_bytes()

    def refused() -> None:
        said = apply(door, "apply", *([str(plan)] if saved else ["--auto-approve"]))
        assert said.code == 1
        assert ("user:bob@x.example" in said.err) is not saved
        assert said.err.endswith(f"contoso: {READ_ONLY}\nfabrikam: {READ_ONLY}\n")
        told = [(item["tenant"], item["status"], item["changes"]["not_applied"]) for item in results(door)]
        assert told == [("contoso", "failed", 1), ("fabrikam", "failed", 0)]
        assert {item["message"] for item in results(door)} == {READ_ONLY}

    without_rights(door, folder, refused)
    assert (door.root / ".tenantry/ledger.db").read_bytes() == before


def test_what_was_applied_before_is_known_of_a_ledger_that_can_only_be_read(door: Door) -> None:
    door.write("tenants/fabrikam.yaml", tenant_of("bob"))
    plan = door.root / "out/plan.json"
    door.told("plan", "--out", str(plan))
    door.told("apply", str(plan))

    def known() -> None:
        said = apply(door, "apply", str(plan))
        assert said.code == 0, said
        assert [item["status"] for item in results(door)] == ["already", "already"]

    without_rights(door, 0o555, known)


def test_a_ledger_that_could_not_be_written_when_it_was_planned_is_asked_again(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plans that were made by reading it are compared once more inside the transaction that writes."""
    monkeypatch.setattr(acting, "ledger_to_plan_by", lambda session, url: session.place.reading(url))
    monkeypatch.setattr("tenantry.cli.apply.ledger_to_plan_by", acting.ledger_to_plan_by)
    said = apply(door, "apply", "--auto-approve")
    assert said.code == 0, said
    assert [item["status"] for item in results(door)] == ["applied", "nothing"]


@pytest.mark.usefixtures("loopback")  # where nobody listens
def test_the_tenants_of_a_saved_plan_are_told_where_the_server_can_not_be_reached(door: Door) -> None:
    plan = door.root / "out/plan.json"
    door.told("plan", "--out", str(plan))
    said = apply(door, "--backend", NOWHERE, "apply", str(plan))
    assert said.code == 1
    assert [(item["tenant"], item["status"]) for item in results(door)] == [
        ("contoso", "failed"),
        ("fabrikam", "failed"),
    ]
    assert all("can't be reached" in item["message"] for item in results(door))
    assert [line.partition(": ")[0] for line in said.err.splitlines()] == ["contoso", "fabrikam"]


@pytest.mark.usefixtures("loopback")  # as above
def test_a_saved_plan_without_tenants_ends_with_the_error_of_the_server(door: Door) -> None:
    for file in (door.root / "tenants").iterdir():
        file.unlink()
    plan = door.root / "out/plan.json"
    door.told("plan", "--out", str(plan))
    said = apply(door, "--backend", NOWHERE, "apply", str(plan))
    assert said.code == 1
    assert said.err.startswith("error: The ledger postgresql://127.0.0.1:1/x can't be reached")


def test_usage_errors_stay_what_they_are(door: Door) -> None:
    def refused() -> None:
        assert apply(door, "apply", "--auto-approve", "nobody").code == 64
        assert apply(door, "apply", "--auto-approve", "--allow", "contingency-exceeded").code == 64
        assert apply(door, "observe", "contoso", "--state", "nonsense").code == 64
        assert not (door.root / "out/r.json").exists()

    without_rights(door, 0o555, refused)
    assert isinstance(Place(door.root).reading("sqlite:///.tenantry/ledger.db").tenants(), tuple)
