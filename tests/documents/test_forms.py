"""Forms of single values: one place lays them down."""

import json

import pytest

from tenantry.documents.data import packaged
from tenantry.documents.forms import form
from tenantry.documents.roster import MAX_LABEL
from tenantry.documents.schema import KINDS


@pytest.mark.parametrize("name", ["upn", "object_id", "id", "date", "tenant_id", "profile_name"])
def test_a_form_is_the_same_in_every_schema_that_has_it(name: str) -> None:
    schemas = [json.loads(packaged(f"{kind}.schema.json"))["$defs"] for kind in KINDS]
    limits = {
        json.dumps({key: schema[name].get(key) for key in ("type", "pattern", "maxLength")})
        for schema in schemas
        if name in schema
    }
    assert len(limits) == 1


def test_labels_are_as_long_in_a_roster_as_in_yaml() -> None:
    user = json.loads(packaged("tenant.schema.json"))["$defs"]["user"]["properties"]
    assert {user[key]["maxLength"] for key in ("name", "organization_unit", "cost_center")} == {MAX_LABEL}


def test_a_form_has_an_end() -> None:
    assert form("upn").fits("x" * 304 + "@contoso.example")
    assert not form("upn").fits("x" * 305 + "@contoso.example")
