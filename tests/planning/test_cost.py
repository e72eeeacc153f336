"""Money: exact decimals, never rounded, never floats."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenantry.model.plan import Cost, Usage
from tenantry.model.tenant import Contract
from tenantry.planning.cost import cost, money
from worlds import planned

CO, CC, AS = "companion", "contact_center_user", "assistant"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0.00"),
        ("45", "45.00"),
        ("45.5", "45.50"),
        ("45.125", "45.125"),
        ("0.0001", "0.0001"),
        ("1.1000", "1.10"),
        ("100", "100.00"),
        ("1E+3", "1000.00"),
        ("-45.00", "-45.00"),
        ("-0.125", "-0.125"),
        ("12345678901234567890.1234", "12345678901234567890.1234"),
    ],
)
def test_a_sum_has_two_decimals_or_as_many_more_as_it_needs(amount: str, text: str) -> None:
    assert money(Decimal(amount)) == text


UNITS = st.integers(0, 10**9)
PRICES = st.decimals(0, Decimal("999999999.9999"), places=4)


@given(st.lists(st.tuples(PRICES, UNITS, UNITS, UNITS), min_size=1, max_size=6))
def test_sums_are_exact(rows: list[tuple[Decimal, int, int, int]]) -> None:
    usage = [
        Usage(license=str(at), contingency=bought, before=before, peak=0, after=after)
        for at, (_, bought, before, after) in enumerate(rows)
    ]
    found = cost(Contract(prices={str(at): row[0] for at, row in enumerate(rows)}), usage)
    assert found is not None
    for text, column in ((found.bought, 1), (found.before, 2), (found.after, 3)):
        assert Fraction(text) == sum(Fraction(row[0]) * row[column] for row in rows)
    assert Fraction(found.delta) == Fraction(found.after) - Fraction(found.before)


def priced(prices: dict[str, str] | None, contingency: dict[str, Any] | None = None) -> Cost | None:
    """Ada and Bob hold companion; Bob loses it and gets assistant, Ada gets contact center user."""
    contract: dict[str, Any] = {"currency": "CHF"}
    if prices is not None:
        contract["prices"] = prices
    if contingency is not None:
        contract["contingency"] = contingency
    users = {"ada@x.example": {"licenses": [CO, CC]}, "bob@x.example": {"licenses": [AS]}}
    current = {"users": {f"{name}@x.example": {"licenses": [CO]} for name in ("ada", "bob")}}
    return planned({"contract": contract, "users": users}, current).cost


BOUGHT = {CO: 10, CC: 4, AS: "unlimited"}


def test_a_plan_costs_its_assigned_units_before_and_after_and_the_contract_what_was_bought() -> None:
    assert priced({CO: "2.50", CC: "45.125", AS: "0.1"}, BOUGHT) == Cost(
        currency="CHF",
        before="5.00",
        after="47.725",
        delta="42.725",
        bought="205.60",
        unpriced=(),
    )


def test_licenses_with_units_after_the_plan_and_no_price_are_named_in_the_order_of_the_catalog() -> None:
    found = priced({"email": "1.00"}, BOUGHT)
    assert found is not None
    assert (found.unpriced, found.after, found.delta) == ((CC, AS, CO), "0.00", "0.00")


@pytest.mark.parametrize("prices", [None, {}])
def test_without_prices_nothing_is_said_about_money(prices: dict[str, str] | None) -> None:
    assert priced(prices, BOUGHT) is None


def test_what_nobody_bought_costs_nothing_in_the_contract() -> None:
    found = priced({CO: "1", AS: "1"})
    assert found is not None
    assert (found.bought, found.before, found.after) == ("0.00", "2.00", "2.00")
