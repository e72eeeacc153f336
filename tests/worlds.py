"""Tenants, workspaces and snapshots as a user writes them, through the real readers to questions and plans."""

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tenantry.backends.no_ledger import NoLedger
from tenantry.documents.catalog import builtin, read_catalog
from tenantry.documents.check import check
from tenantry.documents.data import packaged
from tenantry.documents.document import Document
from tenantry.documents.json import read_json
from tenantry.documents.layout import lay_out
from tenantry.documents.snapshot import read_snapshot
from tenantry.documents.workspace import read_workspace
from tenantry.documents.yaml import read_yaml
from tenantry.engine.loading import Loaded, load_tenant
from tenantry.errors import AuthorError
from tenantry.model.catalog import Catalog
from tenantry.model.plan import Finding, Plan
from tenantry.model.state import Account, CurrentState
from tenantry.planning.bought import NOTHING_ASSUMED, Assumed
from tenantry.planning.planner import Question, plan
from tenantry.planning.rules.table import rules

Data = Mapping[str, Any]
NIMBUS = builtin("nimbus")
TENANT = "contoso"
DAY = "2026-11-24"
LEDGER = "sqlite:///l.db"
BOUGHT = {"contract": {"contingency": dict.fromkeys(NIMBUS.licenses, 1000)}}
"""A contract that is never in the way."""


def question(  # a world has that many parts
    tenant: Data | Sequence[Data],
    current: Data | None = None,
    workspace: Data | None = None,
    *,
    rosters: Mapping[str, str] | None = None,
    catalog: Catalog = NIMBUS,
    day: str = DAY,
    assumed: Assumed = NOTHING_ASSUMED,
    today: str | None = None,
    orphans: tuple[str, ...] = (),
    **known: Any,
) -> Question:
    """The question that planning answers. `current` None: there is no ledger; `known` are more fields of it."""
    parts = [tenant] if isinstance(tenant, Mapping) else tenant
    folder = f"tenants/{TENANT}/"
    files = Folder(
        {f"{folder}{at}.yaml": json.dumps({"version": 1, **part}) for at, part in enumerate(parts)}
        | {f"{folder}{name}": content for name, content in (rosters or {}).items()}
    )
    loaded = _loaded(workspace, catalog, files)
    read, problems = load_tenant(files, loaded, TENANT)
    assert problems == []
    assert read is not None
    return Question(
        tenant=read,
        current=replace(NoLedger(LEDGER).read(TENANT), **known)
        if current is None
        else state(current, catalog, **known),
        catalog=catalog,
        policy=loaded.workspace.policies[TENANT],
        as_of=datetime.date.fromisoformat(day),
        assumed=assumed,
        today=None if today is None else datetime.date.fromisoformat(today),
        orphans=orphans,
    )


@dataclass(frozen=True)
class Folder:
    """The files of a workspace, by path."""

    content: Mapping[str, str]

    def paths(self) -> list[str]:
        """All that stand below tenants/."""
        return [path for path in self.content if path.startswith("tenants/")]

    def exists(self, path: str) -> bool:
        """Whether one is there."""
        return path in self.content

    def read(self, path: str) -> bytes:
        """What it holds."""
        if path not in self.content:
            raise AuthorError("It is not there.")
        return self.content[path].encode()


def _loaded(workspace: Data | None, catalog: Catalog, files: Folder) -> Loaded:
    document = None if workspace is None else _yaml("tenantry.yaml", {"version": 1, **workspace})
    assert document is None or check(document, "workspace", catalog) == []
    read, problems = read_workspace(document, [TENANT], catalog, rules(catalog))
    assert problems == []
    layout, _ = lay_out(files.paths())
    return Loaded(workspace=read, layout=layout, problems=(), fatal=False)


def state(current: Data, catalog: Catalog = NIMBUS, **known: Any) -> CurrentState:
    """A current state, from the words of a snapshot, and with fields that only a ledger has."""
    content = json.dumps({"format": "tenantry-snapshot/1", "tenant": TENANT, **current}).encode()
    document, problems = read_json("now.json", content, limit=10**9)
    assert document is not None
    assert [*problems, *check(document, "snapshot", catalog)] == []
    found, problems = read_snapshot(document, catalog)
    assert found is not None, problems
    return replace(found, **known)


def in_ledger(**known: Any) -> dict[str, Any]:
    """The fields of a current state that was read from a ledger."""
    return {"backend": "sqlite", "where": LEDGER, **known}


def directory(*accounts: Account) -> dict[str, Account]:
    """A directory as it is observed."""
    return {account.upn.lower(): account for account in accounts}


def planned(
    tenant: Data | Sequence[Data], current: Data | None = None, workspace: Data | None = None, **more: Any
) -> Plan:
    """The plan that answers the question; whatever is found says what is wrong and what to do."""
    answer = plan(question(tenant, current, workspace, **more))
    assert all(found.hint and "None" not in f"{found.message} {found.hint}" for found in answer.findings)
    return answer


def catalog_with(**more: Data) -> Catalog:
    """The built-in catalog with more entries, or other ones, under its keys."""
    document, _ = read_yaml("nimbus.catalog.yaml", packaged("nimbus.catalog.yaml"))
    assert document is not None
    return catalog_of({**document.data, **{key: {**document.data[key], **value} for key, value in more.items()}})


def catalog_of(data: Data) -> Catalog:
    """A catalog of the user's own."""
    found, problems = read_catalog(_yaml("own.catalog.yaml", data))
    assert found is not None, problems
    return found


def of_rule(answer: Plan, rule: str) -> list[Finding]:
    """The findings of one rule, in their order."""
    return [finding for finding in answer.findings if finding.rule == rule]


def told(answer: Plan, rule: str) -> list[tuple[str, str | None, str | None, int]]:
    """Of the findings of one rule: severity, holder, license and count."""
    return [(item.severity, item.holder, item.license, item.count) for item in of_rule(answer, rule)]


def moves(answer: Plan) -> list[str]:
    """The changes in order, as people read them: `+ user:ada@x.example companion`."""
    signs = {"grant": "+", "revoke": "-", "replace": "~"}
    return [
        " ".join(filter(None, (signs[item.action], item.holder, item.replaces, item.license)))
        for item in answer.changes
    ]


def updates(answer: Plan) -> list[tuple[str, str, str | None, str | None]]:
    """The updates: holder, field, from, to."""
    return [(item.holder, item.field, item.before, item.after) for item in answer.updates]


def _yaml(file: str, data: Data) -> Document:
    document, problems = read_yaml(file, json.dumps(data).encode())
    assert document is not None
    assert problems == []
    return document
