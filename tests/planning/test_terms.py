"""Terms are data that a ledger can keep: equal terms are equal data, whatever was written out or left to defaults."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tenantry.model.digest import canonical
from tenantry.model.tenant import Contract
from tenantry.planning.terms import contract_of, terms_of
from worlds import NIMBUS, question, state


def terms(tenant: dict[str, Any], workspace: dict[str, Any] | None = None) -> dict[str, Any]:
    asked = question(tenant, {}, workspace)
    return terms_of(asked.tenant, asked.catalog, asked.policy)


def test_a_tenant_about_which_nothing_is_said_has_the_defaults() -> None:
    assert terms({}) == {
        "manage": {"services": "none", "users": "none", "virtual_users": "none"},
        "guards": {"max_revocations": {"percent": 10, "count": 3, "at_most": 500}},
        "execution": "ledger",
        "catalog": NIMBUS.digest,
    }


def test_state_and_contingency_are_remembered_as_they_were_declared() -> None:
    contract = {"state": "trial", "contingency": {"companion": 10, "email": 0, "advanced_routing": "unlimited"}}
    found = contract_of(terms({"contract": contract}), NIMBUS)
    assert found == Contract(state="trial", contingency={"companion": 10, "advanced_routing": "unlimited"})
    assert contract_of(terms({"contract": {"contingency": {}}}), NIMBUS) == Contract(contingency={})
    assert contract_of(terms({}), NIMBUS) == contract_of(None, NIMBUS) == Contract()
    assert contract_of({"contract": {"state": "of another catalog"}}, NIMBUS) == Contract()


def test_everything_that_is_said_is_there_as_plain_data_without_floats() -> None:
    contract = {
        "state": "trial",
        "valid_until": "2099-12-31",
        "currency": "CHF",
        "contingency": {"companion": 10, "advanced_routing": "unlimited"},
        "prices": {"companion": "4.50"},
    }
    tenant = {"contract": contract, "users": {"ada@x.example": {}}, "manage": {"users": "all"}}
    workspace = {
        "execution": "portal",
        "rules": {"companion-idle": "off"},
        "guards": {
            "max_revocations": "off",
            "min_holders": {"companion": 1},
            "protected": ["user:Bob@x.example", "service:Desk"],
        },
        "tenants": {"contoso": {"hold": "until the merger"}},
    }
    found = terms(tenant, workspace)
    assert found == {
        "contract": contract,
        "manage": {"services": "none", "users": "all", "virtual_users": "none"},
        "guards": {
            "max_revocations": "off",
            "min_holders": {"companion": 1},
            "protected": ["service:Desk", "user:bob@x.example"],
        },
        "rules": {"companion-idle": "off"},
        "execution": "portal",
        "hold": "until the merger",
        "catalog": NIMBUS.digest,
    }
    assert json.loads(canonical(found)) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"contingency": {"companion": 1, "assistant": 0}}, {"contingency": {"companion": 1}}),
        ({"contingency": {}, "prices": {"companion": "4.5"}}, {"contingency": {}, "prices": {"companion": "4.50"}}),
        ({"contingency": {}, "prices": {}}, {"contingency": {"companion": 0}}),
    ],
)
def test_the_same_terms_in_other_words_are_equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert terms({"contract": one}) == terms({"contract": other})


def test_a_snapshot_can_carry_every_term() -> None:
    contract = {
        "state": "trial",
        "valid_until": "2099-12-31",
        "currency": "CHF",
        "contingency": {**dict.fromkeys(NIMBUS.licenses, 10**9), "companion": "unlimited"},
        "prices": dict.fromkeys(NIMBUS.licenses, "999999999.9999"),
    }
    limits = {"percent": 100, "count": 10**12, "at_most": 10**12}
    workspace = {
        "execution": "portal",
        "rules": {"companion-idle": "off", "terms-changed": "error"},
        "guards": {
            "max_revocations": limits,
            "min_holders": {"companion": 10**12},
            "protected": ["user:Bob@x.example"],
        },
        "tenants": {"contoso": {"hold": "x" * 200}},
    }
    for found in (
        terms({"contract": contract}, workspace),
        terms({}),
        terms({}, {"guards": {"max_revocations": "off"}}),
    ):
        assert state({"terms": found}).terms == found


def test_a_contract_of_nothing_and_no_contract_are_not_the_same() -> None:
    assert terms({"contract": {"contingency": {}}}) != terms({})


def test_terms_that_are_equal_are_compared_without_what_takes_long_to_load() -> None:
    program = (
        "import sys; from tenantry.planning.terms import moved_terms\n"
        "assert moved_terms({'hold': 'x'}, {'hold': 'x'}) == ()\n"
        "assert 'deepdiff' not in sys.modules; assert moved_terms({'hold': 'x'}, {}); assert 'deepdiff' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
