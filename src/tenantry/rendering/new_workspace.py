"""The files of a new workspace, and its schemas for editors."""

import json
from collections.abc import Mapping
from typing import Any

from tenantry.rendering.markdown import render

SCHEMAS = ".tenantry/schemas"
"""The folder of the schemas that editors complete and judge by."""

_EDITED = {
    "tenant": ["tenants/*.yaml", "tenants/*/*.yaml"],
    "workspace": ["tenantry.yaml"],
    "catalog": ["*.catalog.yaml"],
}


def schema_files(schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The schemas by path, from the schemas by kind of document."""
    return {f"{SCHEMAS}/{kind}.schema.json": pretty(schema) for kind, schema in schemas.items()}


def workspace_files(schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Every file of a new workspace by path, in the order in which a newcomer reads them."""
    settings = {
        "yaml.schemas": {f"{SCHEMAS}/{kind}.schema.json": files for kind, files in _EDITED.items()},
        "json.schemas": [{"fileMatch": ["/snapshots/*.json"], "url": f"./{SCHEMAS}/snapshot.schema.json"}],
    }
    return {
        "tenantry.yaml": render("workspace/tenantry.yaml.jinja"),
        "tenants/example.yaml": render("workspace/example.yaml.jinja"),
        # a file of its own, since most repositories have a .gitignore already
        ".tenantry/.gitignore": "ledger.db*\n",
        ".vscode/settings.json": pretty(settings),
        ".vscode/extensions.json": pretty({"recommendations": ["redhat.vscode-yaml"]}),
        **schema_files(schemas),
    }


def pretty(data: Any) -> str:
    """JSON that people read."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
