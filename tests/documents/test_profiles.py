"""Profiles: what they give, by which way, and that no chain of them leads in a circle or without end."""

import time

import pytest
from tenant_samples import CONTOSO, bad, gives, good, load_files, read, rules_of, told, user

ADA = "ada@contoso.example"


def profiles(*lines: str) -> str:
    return "profiles:\n" + "".join(f"  {line}\n" for line in lines)


def test_a_profile_gives_its_licenses_and_those_of_every_profile_that_it_extends() -> None:
    tenant = good(
        profiles(
            "lead: {extends: [senior, mail], licenses: [interact]}",
            "senior: {extends: [agent], licenses: [companion]}",
            "agent: {licenses: [contact_center_user]}",
            "mail: {licenses: [email, companion]}",
            "nothing: {}",
        )
        + f"users: {{{ADA}: {{profiles: [lead, nothing]}}}}"
    )
    assert gives(user(tenant)) == ["companion", "contact_center_user", "email", "interact"]
    assert tenant.profiles["lead"].path == {
        "interact": ("lead",),
        "companion": ("lead", "mail"),
        "email": ("lead", "mail"),
        "contact_center_user": ("lead", "senior", "agent"),
    }
    assert tenant.profiles["nothing"].gives == frozenset()


def test_the_order_in_which_profiles_stand_changes_nothing() -> None:
    lines = ["a: {extends: [b, c], licenses: [email]}", "b: {extends: [c]}", "c: {licenses: [interact]}"]
    assert good(profiles(*lines)).profiles == good(profiles(*reversed(lines))).profiles


def test_profiles_of_the_workspace_are_there_in_every_tenant_and_can_be_extended() -> None:
    files = {
        "tenantry.yaml": "version: 1\n" + profiles("agent: {licenses: [contact_center_user]}"),
        CONTOSO: "version: 1\n"
        + profiles("senior: {extends: [agent], licenses: [companion]}")
        + f"users: {{{ADA}: {{profiles: [agent]}}, bob@contoso.example: {{profiles: [senior]}}}}\n",
        "tenants/fabrikam.yaml": f"version: 1\nusers: {{{ADA}: {{profiles: [agent]}}}}\n",
    }
    tenant = good(files)
    assert gives(user(tenant)) == gives(user(good(files, "fabrikam"))) == ["contact_center_user"]
    assert gives(user(tenant, "bob@contoso.example")) == ["companion", "contact_center_user"]
    assert tenant.profiles["senior"].path["contact_center_user"] == ("senior", "agent")


@pytest.mark.parametrize(
    ("lines", "line", "circle"),
    [
        (["a: {extends: [a]}"], 3, "a > a"),
        (["a: {extends: [b]}", "b: {extends: [a]}"], 4, "a > b > a"),
        (["x: {extends: [a]}", "a: {extends: [b]}", "b: {extends: [c]}", "c: {extends: [a]}"], 6, "a > b > c > a"),
    ],
)
def test_a_circle_is_told_with_its_way_round(lines: list[str], line: int, circle: str) -> None:
    assert bad(profiles(*lines)) == [
        f"{CONTOSO}:{line}:3: profile-circle: Profiles extend each other in a circle: {circle}."
    ]


def test_a_circle_in_the_workspace_is_told_there() -> None:
    loaded = load_files({"tenantry.yaml": "version: 1\n" + profiles("a: {extends: [b]}", "b: {extends: [a]}")})
    assert loaded.fatal
    assert told(loaded.problems) == [
        "tenantry.yaml:4:3: profile-circle: Profiles extend each other in a circle: a > b > a."
    ]


def test_two_circles_are_both_told_and_a_circle_hides_no_unknown_name() -> None:
    lines = ["a: {extends: [a]}", "b: {extends: [c, nobody]}", "c: {extends: [b]}"]
    assert sorted(rules_of(bad(profiles(*lines)))) == ["profile-circle", "profile-circle", "unknown-profile"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (profiles("agent: {}", "lead: {extends: [agent, agnt]}"), "4:27"),
        (profiles("agent: {}") + f"users:\n  {ADA}: {{profiles: [agent, agnt]}}", "5:35"),
        (profiles("agent: {}") + "virtual_users:\n  bot: {licenses: [], profiles: [agnt]}", "5:33"),
        (profiles("agent: {}") + "rosters: [{file: a.csv, profiles: [agnt]}]", "4:35"),
    ],
)
def test_a_profile_that_is_not_there_is_told_with_the_nearest_name(text: str, place: str) -> None:
    files = {CONTOSO: f"version: 1\n{text}\n", "tenants/a.csv": "upn\n"}
    _, (problem,) = read(files)
    assert told([problem]) == [f"{CONTOSO}:{place}: unknown-profile: There is no profile agnt."]
    assert problem.hint == 'Did you mean "agent"?'


@pytest.mark.parametrize(
    ("known", "hint"),
    [([], "Profiles: there are none."), (["agent", "lead"], "Profiles: agent, lead.")],
)
def test_where_no_name_is_near_the_hint_tells_those_that_there_are(known: list[str], hint: str) -> None:
    text = profiles(*(f"{name}: {{}}" for name in known)) if known else ""
    _, (problem,) = read(f"{text}users: {{{ADA}: {{profiles: [zzz]}}}}")
    assert problem.hint == hint


def test_a_profile_can_not_give_what_a_kind_of_holder_can_not_have() -> None:
    lines = profiles("bot: {licenses: [virtual_user]}", "all: {extends: [bot], licenses: [companion]}")
    assert bad(f"{lines}users:\n  {ADA}: {{profiles: [all]}}\nvirtual_users:\n  b: {{profiles: [all]}}") == [
        f"{CONTOSO}:6:35: wrong-holder: Profile all gives virtual_user, which a user can't hold.",
        f"{CONTOSO}:8:17: wrong-holder: Profile all gives companion, which a virtual user can't hold.",
    ]


def test_thirty_two_profiles_may_extend_each_other_and_more_are_told_in_whichever_order_they_stand() -> None:
    chain = [f"p{at}: {{extends: [p{at + 1}]}}" for at in range(32)] + ["p32: {licenses: [companion]}"]
    assert len(good(profiles(*chain)).profiles["p0"].path["companion"]) == 33
    assert good(profiles(*reversed(chain)))
    longer = ["q: {extends: [p0]}", *chain]
    for lines in (longer, longer[::-1], [*chain, longer[0]]):
        assert set(rules_of(bad(profiles(*lines)))) == {"too-deep"}


@pytest.mark.parametrize("turned", [False, True])
def test_a_chain_without_end_costs_no_stack_and_little_time(turned: bool) -> None:  # noqa: FBT001
    chain = [f"p{at}: {{extends: [p{at + 1}]}}" for at in range(5000)] + ["p5000: {licenses: [email]}"]
    began = time.perf_counter()
    assert set(rules_of(bad(profiles(*(reversed(chain) if turned else chain))))) == {"too-deep"}
    assert time.perf_counter() - began < 4


def test_profiles_that_all_extend_each_other_cost_bearable_time() -> None:
    names = [f"p{at}" for at in range(100)]
    began = time.perf_counter()
    assert bad(profiles(*(f"{name}: {{extends: [{', '.join(names)}]}}" for name in names)))
    assert time.perf_counter() - began < 3
