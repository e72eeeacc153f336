"""tenantry.yaml: what holds for all tenants, what differs for some, and who may let which rule pass."""

import datetime
import time
from collections.abc import Mapping

import pytest
from tenant_samples import CATALOG, CONTOSO, load_files, rules_of, told

from tenantry.documents.workspace import overlong, read_workspace
from tenantry.documents.yaml import read_yaml
from tenantry.model.policy import DEFAULT_BACKEND, Guards, MaxRevocations, Policy

TENANTS = ("contoso", "fabrikam", "lab-1", "lab-22")
FILES = {f"tenants/{name}.yaml": "version: 1\n" for name in TENANTS}
WAIVER = "rule: max-revocations, tenant: contoso, reason: team closed, until: 2026-12-10"


def policies(text: str) -> Mapping[str, Policy]:
    loaded = load_files({**FILES, "tenantry.yaml": f"version: 1\n{text}\n"})
    assert not loaded.problems, told(loaded.problems)
    return loaded.workspace.policies


def problems(text: str, **more: str) -> list[str]:
    """What is wrong with a workspace file, of which there is nothing planned then."""
    files = {**FILES, "tenantry.yaml": f"version: 1\n{text}\n"}
    loaded = load_files({**files, **{f"{name}.yaml": content for name, content in more.items()}})
    assert loaded.fatal
    return told(loaded.problems)


def test_defaults_serve_where_there_is_no_workspace_file() -> None:
    loaded = load_files(FILES)
    assert loaded.workspace.backend == DEFAULT_BACKEND == "sqlite:///.tenantry/ledger.db"
    assert loaded.workspace.catalog == CATALOG
    assert loaded.workspace.policies == dict.fromkeys(TENANTS, Policy())
    assert policies("") == dict.fromkeys(TENANTS, Policy())
    limit = Policy().guards.max_revocations
    assert limit == MaxRevocations(percent=10, count=3, at_most=500)
    assert [limit.allowed(assigned) for assigned in (0, 20, 119, 100_000)] == [3, 3, 11, 500]
    assert (Policy().guards.min_holders, Policy().guards.protected) == ({}, frozenset())


def test_everything_that_a_workspace_says_is_read() -> None:
    loaded = load_files(
        {
            "tenantry.yaml": "version: 1\nbackend: env:LEDGER\ncatalog: nimbus\nexecution: portal\n"
            "guards: {max_revocations: {percent: 20}, min_holders: {companion: 1}, "
            "protected: ['user:ada@contoso.example']}\n"
            'rules: {companion-idle: "off", email-without-contact-center-user: error}\n'
            f"waivers: [{{{WAIVER}, holder: 'user:ada@contoso.example', license: companion}}]\n"
            "profiles: {agent: {licenses: [companion]}}\n",
            **FILES,
        }
    )
    assert not loaded.problems
    workspace, policy = loaded.workspace, loaded.workspace.policies["contoso"]
    assert (workspace.backend, sorted(workspace.profiles)) == ("env:LEDGER", ["agent"])
    assert policy.guards == Guards(
        max_revocations=MaxRevocations(percent=20),
        min_holders={"companion": 1},
        protected=frozenset({"user:ada@contoso.example"}),
    )
    assert policy.severities == {"companion-idle": "off", "email-without-contact-center-user": "error"}
    assert policy.execution == "portal"
    (waiver,) = policy.waivers
    assert (waiver.rule, waiver.reason, waiver.tenant, waiver.holder, waiver.license, waiver.until) == (
        "max-revocations",
        "team closed",
        "contoso",
        "user:ada@contoso.example",
        "companion",
        datetime.date(2026, 12, 10),
    )
    assert (waiver.file, waiver.line) == ("tenantry.yaml", 7)
    assert not workspace.policies["fabrikam"].waivers


def test_a_guard_can_be_switched_off_and_on_again_for_one() -> None:
    found = policies('guards: {max_revocations: "off"}\ntenants: {contoso: {guards: {max_revocations: {percent: 50}}}}')
    assert found["fabrikam"].guards.max_revocations is None
    assert found["contoso"].guards.max_revocations == MaxRevocations(percent=50)


# overrides


def test_overrides_go_down_to_single_values() -> None:
    found = policies(
        "execution: portal\n"
        "guards: {max_revocations: {percent: 20, count: 7}, min_holders: {companion: 1, email: 2}}\n"
        'rules: {companion-idle: "off"}\n'
        "tenants: {contoso: {guards: {max_revocations: {count: 9}, min_holders: {email: 5}}, "
        "rules: {virtual-user-idle: error}, execution: ledger}}"
    )
    assert found["contoso"] == Policy(
        guards=Guards(max_revocations=MaxRevocations(percent=20, count=9), min_holders={"companion": 1, "email": 5}),
        severities={"companion-idle": "off", "virtual-user-idle": "error"},
        execution="ledger",
    )
    assert found["fabrikam"].execution == "portal"


def test_a_list_replaces_a_list() -> None:
    found = policies(
        "guards: {protected: ['user:a@b.c', 'service:desk']}\n"
        "tenants: {contoso: {guards: {protected: ['service:lobby']}}, fabrikam: {guards: {protected: []}}}"
    )
    assert found["contoso"].guards.protected == frozenset({"service:lobby"})
    assert found["fabrikam"].guards.protected == frozenset()
    assert len(found["lab-1"].guards.protected) == 2


def test_more_literal_characters_beat_fewer_and_an_id_beats_every_glob() -> None:
    found = policies(
        'tenants: {"*": {hold: all}, "lab-*": {hold: labs}, "lab-2?": {execution: portal, hold: short labs},'
        ' lab-1: {hold: one}, "[a-f]o*": {hold: o}}'
    )
    assert {name: policy.hold for name, policy in found.items()} == {
        "contoso": "o",
        "fabrikam": "all",
        "lab-1": "one",
        "lab-22": "short labs",
    }
    assert found["lab-22"].execution == "portal"


def test_what_a_weaker_override_says_stays_where_the_stronger_is_silent() -> None:
    found = policies('tenants: {"lab-*": {hold: labs, rules: {companion-idle: error}}, lab-1: {execution: portal}}')
    assert (found["lab-1"].hold, found["lab-1"].execution) == ("labs", "portal")
    assert found["lab-1"].severities == {"companion-idle": "error"}


def test_two_globs_of_which_neither_is_more_exact_are_an_error_if_they_match_one_tenant() -> None:
    assert problems('tenants:\n  "lab-*": {}\n  "*-22?": {}\n  "??b-*": {}\n  "*-22": {}\n  "*b-?2": {}') == [
        "tenantry.yaml:7:3: override-tie: *-22 and *b-?2 both match tenant lab-22, and neither is more exact."
    ]
    assert policies('tenants: {"x*": {hold: a}, "*x": {hold: b}}')["contoso"].hold is None


def test_a_set_in_brackets_is_no_literal_character() -> None:
    assert policies('tenants: {"lab-[12]*": {hold: set}, "lab-2*": {hold: literal}}')["lab-22"].hold == "literal"


# rules and waivers


def test_a_rule_that_is_not_there_is_told_with_the_nearest() -> None:
    text = (
        "rules: {companion-idel: error}\nwaivers:\n"
        "  - {rule: max-revocation, tenant: contoso, reason: x, until: 2026-12-10}\n"
        'tenants: {"lab-*": {rules: {companion-idel: error}}}'
    )
    assert problems(text) == [
        "tenantry.yaml:2:9: unknown-rule: There is no rule companion-idel.",
        "tenantry.yaml:4:12: unknown-rule: There is no rule max-revocation.",
        "tenantry.yaml:5:29: unknown-rule: There is no rule companion-idel.",
    ]
    loaded = load_files({**FILES, "tenantry.yaml": f"version: 1\n{text}\n"})
    assert [item.hint for item in loaded.problems] == [
        'Did you mean "companion-idle"?',
        'Did you mean "max-revocations"?',
        'Did you mean "companion-idle"?',
    ]


@pytest.mark.parametrize("rule", ["contingency-exceeded", "max-revocations", "needs-tier-x", "identity-conflict"])
def test_the_severity_of_a_rule_that_is_not_adjustable_can_not_be_moved(rule: str) -> None:
    expected = "unknown-rule" if rule == "needs-tier-x" else "fixed-rule"
    assert rules_of(problems(f"rules: {{{rule}: warning}}")) == [expected]
    assert rules_of(problems(f"tenants: {{contoso: {{rules: {{{rule}: warning}}}}}}")) == [expected]


@pytest.mark.parametrize(
    "rule", ["contingency-exceeded", "state-forbids-changes", "requires-license", "identity-conflict", "holder-twice"]
)
def test_what_nobody_can_waive_is_an_error(rule: str) -> None:
    found = problems(f"waivers: [{{rule: {rule}, tenant: contoso, reason: x, until: 2026-12-10}}]")
    assert rules_of(found) in (["unwaivable-rule"], ["unknown-rule"])


def test_an_adjustable_rule_can_be_waived_only_where_it_is_raised_to_an_error() -> None:
    waiver = "waivers: [{rule: companion-idle, tenant: contoso, reason: x, until: 2026-12-10}]"
    assert problems(waiver) == [
        (
            "tenantry.yaml:2:18: unwaivable-rule: "
            "companion-idle is no error for tenant contoso, so that nothing is there to waive."
        )
    ]
    assert policies(f"{waiver}\nrules: {{companion-idle: error}}")["contoso"].waivers
    assert policies(f"{waiver}\ntenants: {{contoso: {{rules: {{companion-idle: error}}}}}}")["contoso"].waivers
    raised = "rules: {companion-idle: error}"
    assert problems(f"{waiver}\n{raised}\ntenants: {{contoso: {{rules: {{companion-idle: info}}}}}}")
    assert problems(f"{waiver}\ntenants: {{fabrikam: {{rules: {{companion-idle: error}}}}}}")


@pytest.mark.parametrize("missing", ["rule", "tenant", "reason", "until"])
def test_a_waiver_needs_rule_tenant_reason_and_until(missing: str) -> None:
    words = dict(pair.split(": ") for pair in WAIVER.split(", "))
    del words[missing]
    text = ", ".join(f"{key}: {value}" for key, value in words.items())
    assert problems(f"waivers: [{{{text}}}]") == [f"tenantry.yaml:2:11: missing-key: The key {missing} is missing."]


@pytest.mark.parametrize("tenant", ["contoso", "nowhere"])
def test_the_end_of_a_waiver_must_be_a_day_of_the_calendar_whomever_it_is_for(tenant: str) -> None:
    text = f"waivers: [{{rule: max-revocations, tenant: {tenant}, reason: x, until: 2026-02-30}}]"
    assert rules_of(problems(text)) == ["no-such-day"]


def test_a_waiver_is_for_one_tenant_and_no_glob() -> None:
    assert rules_of(problems('waivers: [{rule: max-revocations, tenant: "lab-*", reason: x, until: 2026-12-10}]')) == [
        "bad-format"
    ]


@pytest.mark.parametrize(
    ("until", "is_told"),
    [("2026-12-10", False), ("2026-12-11", False), ("2026-12-12", True), ("2020-01-01", False)],
)
def test_a_waiver_ends_at_most_thirty_one_days_ahead(until: str, is_told: bool) -> None:  # noqa: FBT001
    text = f"waivers:\n  - {{rule: max-revocations, tenant: contoso, reason: x, until: {until}}}"
    found = told(overlong(policies(text)["contoso"], datetime.date(2026, 11, 10)))
    assert found == is_told * [
        (
            f"tenantry.yaml:3:1: waiver-too-long: "
            f"The waiver of max-revocations lasts until {until}: over 31 days after 2026-11-10."
        )
    ]


# secrets

CANARY = "CANARY-7f3a"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://ledger:{CANARY}@db.contoso.example/ledger",
        f"postgresql://:{CANARY}@db/ledger",
        f"postgresql://ledger:{CANARY}/x@db/ledger",
        f"postgresql://ledger:{CANARY}#x@db/ledger",
        f"postgresql://db/ledger?password={CANARY}",
        f"postgresql://db/ledger?user=x&PASSWORD={CANARY}",
        f"postgresql://db/ledger?sslpassword={CANARY}",
        f"host=db password={CANARY}",
        f"password={CANARY}",
        f"postgresql://[::1:{CANARY}@x/ledger",
        f"postgresql:///ledger?pass%77ord={CANARY}",
        f"postgresql:///ledger?%50ASSWORD={CANARY}",
        f"postgresql:///ledger?user=x%26&ssl%70assword={CANARY}",
    ],
)
def test_a_password_in_the_backend_s_url_is_an_error_that_does_not_show_it(url: str) -> None:
    found = problems(f"backend: '{url}'")
    assert found == [
        "tenantry.yaml:2:10: password-in-file: The backend's URL holds a password; a file in git is read by many."
    ]


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///.tenantry/ledger.db",
        "env:LEDGER_URL",
        "postgresql://ledger@db:5432/ledger",
        "postgresql://[::1/x",
        "sqlite:///C:/x@y.db",
    ],
)
def test_a_url_without_a_password_is_good(url: str) -> None:
    loaded = load_files({**FILES, "tenantry.yaml": f"version: 1\nbackend: '{url}'\n"})
    assert not loaded.problems
    assert loaded.workspace.backend == url


# the catalog


def test_a_catalog_may_be_a_file_of_the_workspace() -> None:
    catalog = (
        "version: 1\nname: mini\nparts: {user: User}\n"
        "licenses: {seat: {label: Seat, part: user, holder: user}}\n"
        "states: {'on': {label: 'On', effect: none, changes: allowed}}\n"
    )
    files = {
        "tenantry.yaml": "version: 1\ncatalog: vocabulary/mini.yaml\nguards: {min_holders: {seat: 1}}\n",
        "vocabulary/mini.yaml": catalog,
        CONTOSO: "version: 1\ncontract: {state: 'on', contingency: {seat: 1}}\n",
    }
    loaded = load_files(files)
    assert not told(loaded.problems)
    assert (loaded.workspace.catalog.name, list(loaded.workspace.catalog.licenses)) == ("mini", ["seat"])


def test_a_catalog_that_can_not_be_read_is_told_where_it_is_named() -> None:
    assert problems("execution: ledger\ncatalog: nimbuss") == [
        "tenantry.yaml:3:10: unreadable-file: The catalog can't be had. There is no such file."
    ]
    loaded = load_files({"tenantry.yaml": "version: 1\ncatalog: nimbuss\n"})
    assert loaded.problems[0].hint == "Mend the path, or take a catalog that is built in: nimbus."


def test_what_is_wrong_in_a_catalog_file_is_told_there() -> None:
    found = problems("catalog: mini.yaml", mini="version: 1\nname: mini\nparts: {user: User}\nlicenses: [\n")
    assert found[0].startswith("mini.yaml:5:1: yaml-syntax")
    found = problems("catalog: mini.yaml", mini="version: 1\nname: mini\n")
    assert set(rules_of(found)) == {"missing-key"}


@pytest.mark.parametrize("name", ["5", "[nimbus]", "{a: b}", "''"])
def test_a_catalog_of_another_kind_than_a_name_is_told(name: str) -> None:
    assert rules_of(problems(f"catalog: {name}")) in (["wrong-type"], ["bad-format"])


# one slip does not hide another


def test_what_yaml_refuses_does_not_hide_what_the_schema_and_the_rules_find() -> None:
    text = "execution: ledger\nexecution: portal\nguards: {min_holders: {compnion: 1}}\nrules: {companion-idel: error}"
    assert sorted(rules_of(problems(text))) == ["duplicate-key", "unknown-license", "unknown-rule"]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("waivers: [{rule: companion-idel}, {rule: companion-idel, tenant: a, reason: x, until: 2026-02-30}]",
         ["missing-key"] * 3 + ["unknown-rule", "no-such-day"]),
        ("profiles: {a: {licenses: [compnion]}, b: {extends: [a, c]}}", ["unknown-license", "unknown-profile"]),
        ("guards: {min_holders: {compnion: 1}}\nbackend: 'x://a:b@c'", ["unknown-license", "password-in-file"]),
        ("executoin: ledger\ntenants: {contoso: {hold: 1, rules: {a-b: error}}, x: {rules: {a-b: error}}}",
         ["unknown-key", "wrong-type", "unknown-rule"]),
    ],
)  # fmt: skip
def test_one_slip_in_the_workspace_does_not_hide_another(text: str, rules: list[str]) -> None:
    assert sorted(rules_of(problems(text))) == sorted(rules)


@pytest.mark.parametrize("text", ["- 1", "text", "1"])
def test_a_workspace_file_of_another_shape_is_told(text: str) -> None:
    loaded = load_files({**FILES, "tenantry.yaml": f"{text}\n"})
    assert loaded.fatal
    assert rules_of(told(loaded.problems)) == ["wrong-type"]


def test_very_many_waivers_cost_bearable_time() -> None:
    waiver = "  - {rule: max-revocations, tenant: contoso, reason: 'ticket %d', until: 2026-02-30}\n"
    began = time.perf_counter()
    problems("waivers:\n" + "".join(waiver % at for at in range(2000)))
    assert time.perf_counter() - began < 3


def test_a_workspace_read_without_tenants_has_no_policies() -> None:
    document, _ = read_yaml("tenantry.yaml", b"version: 1\n")
    workspace, found = read_workspace(document, (), CATALOG, {})
    assert (workspace.policies, found) == ({}, [])
