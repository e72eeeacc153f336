"""The same work as others do it: octoDNS from YAML to YAML, Terraform's built-in data resource with local state.

Each compares N users, 5 % of them differing, and shows the plan; nothing is fetched and nothing is applied.
"""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from files import write
from population import Person

OCTODNS = """\
providers:
  files: {class: octodns.provider.yaml.YamlProvider, directory: files, default_ttl: 300, enforce_order: false}
  live: {class: octodns.provider.yaml.YamlProvider, directory: live, default_ttl: 300, enforce_order: false}
zones:
  bench.example.: {sources: [files], targets: [live]}
"""
FOR_EACH = """\
resource "terraform_data" "user" {
  for_each = yamldecode(file("users.yaml")).users
  input    = each.value
}
"""
RESOURCE = {
    "mode": "managed",
    "type": "terraform_data",
    "provider": 'provider["terraform.io/builtin/terraform"]',
}


def write_octodns(folder: Path, staff: Sequence[Person]) -> None:
    """A zone with a TXT record a user, its values the licenses."""
    write(folder / "config.yaml", [OCTODNS])
    for side, licenses in (("files", "licenses"), ("live", "current")):
        lines = (
            f"{person.upn.partition('@')[0]}: {{type: TXT, values: [{', '.join(getattr(person, licenses))}]}}\n"
            for person in staff
        )
        write(folder / side / "bench.example.yaml", lines)


def write_for_each(folder: Path, staff: Sequence[Person]) -> None:
    """One resource with an instance a user, from a YAML file."""
    write(folder / "main.tf", [FOR_EACH])
    users = (f"  {person.upn}: {{licenses: [{', '.join(person.licenses)}]}}\n" for person in staff)
    write(folder / "users.yaml", ["users:\n", *users])
    instances = [{"index_key": person.upn, **_instance(person)} for person in staff]
    _write_state(folder, [{**RESOURCE, "name": "user", "instances": instances}])


def write_static(folder: Path, staff: Sequence[Person]) -> None:
    """A resource a user, written out, which spares Terraform its slow way with instances."""
    names = [person.upn.partition("@")[0] for person in staff]
    resources = (
        f'resource "terraform_data" "{name}" {{\n  input = {{ licenses = {json.dumps(person.licenses)} }}\n}}\n'
        for name, person in zip(names, staff, strict=True)
    )
    write(folder / "main.tf", resources)
    pairs = zip(names, staff, strict=True)
    _write_state(folder, [{**RESOURCE, "name": name, "instances": [_instance(person)]} for name, person in pairs])


def _instance(person: Person) -> dict[str, Any]:
    """A user as an apply would have left it in the state."""
    value = {
        "value": {"licenses": list(person.current)},
        "type": ["object", {"licenses": ["tuple", ["string"] * len(person.current)]}],
    }
    identity = str(uuid.uuid5(uuid.NAMESPACE_DNS, person.upn))
    attributes = {"id": identity, "input": value, "output": value, "triggers_replace": None}
    return {"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}


def _write_state(folder: Path, resources: Iterable[Mapping[str, Any]]) -> None:
    state = {
        "version": 4,
        "terraform_version": "1.4.0",
        "serial": 1,
        "lineage": str(uuid.UUID(int=1)),
        "outputs": {},
        "resources": list(resources),
        "check_results": None,
    }
    write(folder / "terraform.tfstate", [json.dumps(state)])
