"""The vocabulary's own arithmetic: order, tiers and depth."""

import pytest

from tenantry.documents.catalog import builtin
from tenantry.model.catalog import Catalog, License

NIMBUS = builtin("nimbus")


def own(*licenses: License) -> Catalog:
    return Catalog(name="own", parts=(), licenses={item.id: item for item in licenses}, states={}, assignment_types={})


def user(name: str, *requires: str) -> License:
    return License(id=name, label=name, part="p", holder="user", requires=requires)


def service(name: str, *requires: str, tier: int | None = None, default: bool = False) -> License:
    return License(id=name, label=name, part="p", holder="service", requires=requires, tier=tier, default=default)


def test_tiers_go_by_their_number_and_not_by_where_they_stand() -> None:
    catalog = own(service("high", tier=9), service("low", tier=2, default=True), service("middle", tier=5))
    assert catalog.tiers == ("low", "middle", "high")
    assert catalog.default_tier == "low"
    assert catalog.sort({"middle", "low", "high"}) == ["high", "low", "middle"]


def test_the_default_tier_need_not_be_the_lowest_and_there_may_be_none() -> None:
    assert own(service("low", tier=0), service("high", tier=1, default=True)).default_tier == "high"
    assert own(user("a")).default_tier is None


@pytest.mark.parametrize(
    ("tier", "needed", "reached"),
    [
        ("contact_center", "contact_center", True),
        ("contact_center", "advanced_routing", True),
        ("enterprise_routing", "contact_center", False),
        (None, "advanced_routing", False),
    ],
)
def test_a_tier_reaches_itself_and_what_is_below(*, tier: str | None, needed: str, reached: bool) -> None:
    assert NIMBUS.reaches(tier, needed) == reached


def test_the_tier_of_a_service_is_the_highest_that_it_has() -> None:
    assert NIMBUS.tier_of(frozenset({"interact_service", "enterprise_routing"})) == "enterprise_routing"
    assert NIMBUS.tier_of(frozenset({"advanced_routing", "contact_center"})) == "contact_center"
    assert NIMBUS.tier_of(frozenset({"interact_service"})) is None


def test_each_license_stands_deeper_than_all_that_it_needs_wherever_it_stands() -> None:
    catalog = own(
        user("c", "a", "b"), user("b", "a"), user("a"), user("alone"),
        service("tier", tier=0, default=True), service("addon"), service("on-tier", "tier"), service("more", "addon"),
    )  # fmt: skip
    assert catalog.depth == {
        "a": 0, "b": 1, "c": 2, "alone": 0, "tier": 0, "addon": 1, "on-tier": 1, "more": 2,
    }  # fmt: skip


def test_a_very_long_chain_of_requirements_has_a_depth() -> None:
    number = 20_000
    chain = own(*(user(str(at), *([str(at + 1)] if at + 1 < number else [])) for at in range(number)))
    assert chain.depth["0"] == number - 1


def test_each_kind_of_holder_has_its_licenses_in_the_order_of_the_catalog() -> None:
    assert NIMBUS.of("virtual_user") == ("virtual_user",)
    assert NIMBUS.of("service") == ("advanced_routing", "enterprise_routing", "contact_center", "interact_service")
    assert sum(len(NIMBUS.of(kind)) for kind in ("service", "user", "virtual_user")) == len(NIMBUS.licenses)


def test_catalogs_are_compared_by_value_and_not_by_digest() -> None:
    assert own(user("a")) == own(user("a"))
    assert own(user("a")) != own(user("b"))
