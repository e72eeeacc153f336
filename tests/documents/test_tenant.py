"""A tenant put together from its files: what unites, what stands once, and what absence means to the reader."""

import datetime
import time
from decimal import Decimal

import pytest
from tenant_samples import CONTOSO, GUID, OTHER_GUID, MemoryFiles, bad, gives, good, read, rules_of, told, user

from tenantry.engine.loading import load, load_tenant
from tenantry.model.labels import Labels
from tenantry.model.tenant import Contract, Management

ADA, BOB = "ada@contoso.example", "bob@contoso.example"


def folder(**parts: str) -> dict[str, str]:
    """A tenant in a folder, one file a part."""
    return {f"tenants/contoso/{name}.yaml": f"version: 1\n{text}\n" for name, text in parts.items()}


def test_every_key_but_version_is_optional() -> None:
    tenant = good("")
    assert (tenant.id, tenant.name, tenant.timezone, tenant.labels) == ("contoso", "contoso", "UTC", {})
    assert tenant.contract == Contract()
    assert tenant.managed == {"service": "none", "user": "none", "virtual_user": "none"}
    assert not any(tenant.entries.values())
    assert bad({CONTOSO: "users: {}\n"}) == [f"{CONTOSO}:1:1: missing-key: The key version is missing."]


def test_a_tenant_says_its_name_zone_and_labels() -> None:
    tenant = good("tenant: {name: Contoso AG, timezone: Europe/Zurich, labels: {region: emea}}")
    assert (tenant.name, tenant.timezone, tenant.labels) == ("Contoso AG", "Europe/Zurich", {"region": "emea"})


def test_a_tenant_says_the_id_that_it_had_before() -> None:
    assert good("tenant: {previously: contoso-ag}").previously == "contoso-ag"
    assert good("tenant: {name: Contoso AG}").previously is None
    assert bad("tenant: {previously: Contoso AG}")[0].startswith(f"{CONTOSO}:2:22: bad-format: ")


def test_a_contract_is_read_with_the_places_of_its_keys() -> None:
    tenant = good(
        "contract:\n  state: trial\n  valid_until: 2099-12-31\n  currency: CHF\n"
        '  contingency: {companion: 10, advanced_routing: unlimited}\n  prices: {companion: "45.00"}\n'
    )
    assert tenant.contract == Contract(
        state="trial",
        valid_until=datetime.date(2099, 12, 31),
        currency="CHF",
        contingency={"companion": 10, "advanced_routing": "unlimited"},
        prices={"companion": Decimal("45.00")},
    )
    assert tenant.places == {
        "contract": (CONTOSO, 2),
        "state": (CONTOSO, 3),
        "valid_until": (CONTOSO, 4),
        "currency": (CONTOSO, 5),
        "contingency": (CONTOSO, 6),
        "prices": (CONTOSO, 7),
    }


def test_an_empty_contingency_is_told_and_an_absent_one_is_not() -> None:
    assert good("contract: {contingency: {}}").contract.contingency == {}
    assert good("contract: {}").contract.contingency is None


def test_the_maps_of_the_files_of_a_folder_unite_and_entries_know_their_file_and_line() -> None:
    tenant = good(
        folder(
            a=f"users:\n  {ADA}: {{profiles: [agent]}}",
            b=f"users:\n  {BOB}:\n    licenses: []\nservices: {{desk: {{}}}}",
            c="profiles: {agent: {licenses: [companion]}}\nvirtual_users: {bot: {licenses: [virtual_user]}}",
        )
    )
    entries = [entry for kind in tenant.entries.values() for (entry,) in kind.values()]
    assert [(entry.key, entry.source.file, entry.line, gives(entry)) for entry in entries] == [
        ("desk", "tenants/contoso/b.yaml", 5, None),
        (ADA, "tenants/contoso/a.yaml", 3, ["companion"]),
        (BOB, "tenants/contoso/b.yaml", 3, []),
        ("bot", "tenants/contoso/c.yaml", 3, ["virtual_user"]),
    ]
    assert tenant.file == "tenants/contoso/a.yaml"


@pytest.mark.parametrize("key", ["tenant", "contract", "manage"])
def test_tenant_contract_and_manage_stand_once(key: str) -> None:
    assert bad(folder(a=f"# first\n{key}: {{}}", b=f"services: {{}}\n{key}: {{}}", c=f"{key}: {{}}")) == [
        f"tenants/contoso/b.yaml:3:1: section-twice: {key} stands in tenants/contoso/a.yaml:3 already.",
        f"tenants/contoso/c.yaml:2:1: section-twice: {key} stands in tenants/contoso/a.yaml:3 already.",
    ]
    assert rules_of(bad(f"{key}: {{}}\n{key}: {{}}")) == ["duplicate-key"]


@pytest.mark.parametrize(("section", "kind", "name"), [
    ("users", "user", ADA), ("services", "service", "desk"), ("virtual_users", "virtual_user", "bot"),
])  # fmt: skip
def test_the_same_subject_in_two_files_names_both_places(section: str, kind: str, name: str) -> None:
    assert bad(folder(a=f"{section}:\n  {name}: {{}}", b=f"{section}:\n\n  {name}: {{}}")) == [
        f"tenants/contoso/b.yaml:4:3: holder-twice: {kind}:{name} stands in tenants/contoso/a.yaml:3 already."
    ]


def test_the_same_subject_in_one_file_names_both_places() -> None:
    (problem,) = bad(f"users:\n  {ADA}: {{}}\n  {ADA}: {{}}")
    assert problem.startswith(f"{CONTOSO}:4:3: duplicate-key: ")
    assert "at 3:3 and at 4:3" in problem


def test_upns_that_differ_in_case_are_one_person() -> None:
    assert bad(f"users:\n  {ADA}: {{}}\n  ADA@Contoso.example: {{}}") == [
        f"{CONTOSO}:4:3: holder-twice: user:ADA@Contoso.example stands in {CONTOSO}:3 already."
    ]
    tenant = good("users: {ADA@Contoso.example: {}}")
    assert user(tenant).key == "ADA@Contoso.example"


def test_ids_of_services_that_differ_in_case_are_two_services() -> None:
    assert list(good("services: {Desk: {}, desk: {}}").entries["service"]) == ["Desk", "desk"]


def test_the_same_profile_in_two_files_names_both_places() -> None:
    assert bad(folder(a="profiles:\n  agent: {}", b="profiles:\n\n  agent: {}")) == [
        "tenants/contoso/b.yaml:4:3: profile-twice: Profile agent stands in tenants/contoso/a.yaml:3 already."
    ]


def test_a_profile_of_the_workspace_can_not_be_written_again_and_both_places_are_named() -> None:
    files = {
        "tenantry.yaml": "version: 1\nprofiles:\n  agent: {licenses: [companion]}\n",
        CONTOSO: "version: 1\nprofiles: {agent: {}}\n",
    }
    assert bad(files) == [f"{CONTOSO}:2:12: profile-twice: Profile agent stands in tenantry.yaml:3 already."]


def test_every_label_of_a_holder_is_read_and_absent_ones_are_not_said() -> None:
    tenant = good(
        "services: {desk: {name: Desk, license: contact_center, addons: [interact_service], "
        "assignment_type: skill_based, organization_unit: /A}}\n"
        f'users: {{{ADA}: {{name: Ada, cost_center: "4711", object_id: {GUID.upper()}, '
        "previously: OLD@contoso.example}}"
    )
    (desk,) = tenant.entries["service"]["desk"]
    assert desk.labels == Labels("Desk", "/A", None, "skill_based")
    assert desk.claim is not None
    assert (desk.claim.tier, desk.claim.addons) == ("contact_center", frozenset({"interact_service"}))
    ada = user(tenant)
    assert ada.labels == Labels("Ada", None, "4711", None)
    assert (ada.object_id, ada.previously, ada.claim) == (GUID, "OLD@contoso.example", None)


def test_what_a_service_leaves_open_stays_open() -> None:
    tenant = good("services: {a: {}, b: {license: contact_center}, c: {addons: []}, d: {absent: true}}")
    claims = {key: entry.claim and (entry.claim.tier, entry.claim.addons) for key, (entry,) in
              tenant.entries["service"].items()}  # fmt: skip
    assert claims == {"a": None, "b": ("contact_center", None), "c": (None, frozenset()), "d": (None, None)}
    assert [entry.absent for (entry,) in tenant.entries["service"].values()] == [False, False, False, True]


def test_neither_profiles_nor_licenses_says_nothing_and_an_empty_list_is_none() -> None:
    tenant = good(f"users: {{{ADA}: {{name: Ada}}, {BOB}: {{licenses: []}}}}")
    assert user(tenant).claim is None
    assert gives(user(tenant, BOB)) == []


def test_without_beats_what_profiles_and_licenses_give() -> None:
    tenant = good(
        "profiles: {agent: {licenses: [contact_center_user, instant_messaging]}}\n"
        f"users: {{{ADA}: {{profiles: [agent], licenses: [companion], without: [instant_messaging]}}}}"
    )
    assert gives(user(tenant)) == ["companion", "contact_center_user"]


def test_without_alone_is_an_error() -> None:
    assert bad(f"users:\n  {ADA}: {{name: Ada, without: [companion]}}") == [
        (
            f"{CONTOSO}:3:45: without-alone: "
            "An entry with `without` needs profiles or licenses from which something is left out."
        )
    ]


def test_a_license_under_licenses_and_without_is_an_error() -> None:
    assert bad("virtual_users:\n  bot: {licenses: [virtual_user], without: [virtual_user]}") == [
        f"{CONTOSO}:3:44: license-and-without: virtual_user stands under licenses and under without."
    ]


def test_an_entry_counts_from_its_first_day_to_its_last() -> None:
    entry = user(good(f"users: {{{ADA}: {{licenses: [], from: 2026-12-01, until: 2027-02-28}}}}"))
    days = [datetime.date(2026, 11, 30), datetime.date(2026, 12, 1), datetime.date(2027, 2, 28),
            datetime.date(2027, 3, 1)]  # fmt: skip
    assert [entry.in_force(day) for day in days] == [False, True, True, False]
    one = user(good(f"users: {{{ADA}: {{licenses: [], from: 2026-12-01, until: 2026-12-01}}}}"))
    assert one.begins == one.ends


def test_from_after_until_is_an_error() -> None:
    assert bad("services:\n  desk: {from: 2026-12-02, until: 2026-12-01}") == [
        f"{CONTOSO}:3:35: ends-before-it-begins: from 2026-12-02 lies after until 2026-12-01."
    ]


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "2026-00-10", "2027-02-29", "0000-01-01"])
def test_a_date_must_be_a_day_of_the_calendar(day: str) -> None:
    assert bad(f"contract: {{valid_until: {day}}}\nusers:\n  {ADA}: {{from: {day}}}") == [
        f"{CONTOSO}:2:25: no-such-day: {day} is not a day of the calendar.",
        f"{CONTOSO}:4:31: no-such-day: {day} is not a day of the calendar.",
    ]


@pytest.mark.parametrize("day", ["2026-W01-1", "20261201", "01.12.2026", "2026-12-1"])
def test_a_date_is_written_year_month_day(day: str) -> None:
    assert rules_of(bad(f'users: {{{ADA}: {{from: "{day}"}}}}')) == ["bad-format"]


@pytest.mark.parametrize("zone", ["Europe/Zurch", "Europe", "/etc/localtime", "zurich", "Mars/Base-1"])
def test_a_time_zone_that_is_not_there_is_an_error(zone: str) -> None:
    assert bad(f"tenant:\n  timezone: {zone}") == [f"{CONTOSO}:3:13: unknown-timezone: There is no time zone {zone}."]


# what is managed


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("", "none"),
        ("users: {}", "listed"),
        (f"users: {{{ADA}: {{}}}}", "listed"),
        ("manage: {users: none}", "none"),
        ("manage: {users: listed}", "none"),
        ("rosters: []", "none"),
        (f"manage: {{users: all}}\nusers: {{{ADA}: {{}}}}", "all"),
    ],
)
def test_a_section_that_is_absent_or_none_is_not_managed(text: str, how: Management) -> None:
    assert good(text).managed["user"] == how


def test_a_roster_makes_users_present() -> None:
    files = {CONTOSO: "version: 1\nrosters: [{file: a.csv}]\n", "tenants/a.csv": f"upn\n{ADA}\n"}
    assert good(files).managed["user"] == "listed"
    files[CONTOSO] += "manage: {users: all}\n"
    assert good(files).managed["user"] == "all"


@pytest.mark.parametrize(
    ("section", "body"), [("users", "{}"), ("services", "{desk: {}}"), ("virtual_users", "{bot: {}}")]
)
def test_a_section_that_is_written_and_none_is_an_error(section: str, body: str) -> None:
    assert bad(f"manage: {{{section}: none}}\n{section}: {body}") == [
        (
            f"{CONTOSO}:3:1: unmanaged-section-written: "
            f"{section} is written, and manage says that {section} are not managed."
        )
    ]


def test_a_roster_is_users_that_are_written() -> None:
    files = {CONTOSO: "version: 1\nmanage: {users: none}\nrosters: [{file: a.csv}]\n", "tenants/a.csv": f"upn\n{ADA}\n"}
    assert bad(files) == [
        f"{CONTOSO}:3:1: unmanaged-section-written: rosters is written, and manage says that users are not managed."
    ]


@pytest.mark.parametrize("body", ["", "services: {}", "services: {}\nusers: {}"])
def test_all_without_a_single_entry_is_an_error(body: str) -> None:
    assert bad(f"manage: {{services: all}}\n{body}") == [
        f"{CONTOSO}:2:20: unmanaged-section-written: manage says that all services are listed, and there is none."
    ]


# who is who


def test_one_object_id_is_one_person() -> None:
    assert bad(f"users:\n  {ADA}: {{object_id: {GUID}}}\n  {BOB}: {{object_id: {GUID.upper()}}}") == [
        f"{CONTOSO}:4:1: identity-conflict: object_id {GUID} belongs to user:{ADA} in {CONTOSO}:3 already."
    ]


def test_one_former_name_is_one_person() -> None:
    assert bad(
        f"users:\n  {ADA}: {{previously: old@contoso.example}}\n  {BOB}: {{previously: OLD@contoso.example}}"
    ) == [
        (
            f"{CONTOSO}:4:1: identity-conflict: "
            f"previously OLD@contoso.example belongs to user:{ADA} in {CONTOSO}:3 already."
        )
    ]


def two(row: str, entry: str) -> dict[str, str]:
    """A person in a roster and under users."""
    return {
        CONTOSO: f"version: 1\nusers:\n  {ADA}: {entry}\nrosters: [{{file: a.csv}}]\n",
        "tenants/a.csv": f"upn,name,object_id,cost_center,licenses\n{row}\n",
    }


def test_a_person_may_stand_under_users_and_in_rosters() -> None:
    tenant = good(
        two(f"ADA@contoso.example,Ada,{GUID},,companion", f"{{name: Ada, object_id: {GUID}, licenses: [interact]}}")
    )
    written, row = tenant.entries["user"][ADA]
    assert (gives(written), gives(row)) == (["interact"], ["companion"])
    assert (row.source.file, row.source.roster, row.line) == ("tenants/a.csv", "a.csv", 2)


def test_labels_of_a_person_must_agree_where_both_say_them() -> None:
    assert not read(two(f"{ADA},,,4711,", "{name: Ada}"))[1]
    assert bad(two(f"{ADA},Eva,,4711,", '{name: Ada, cost_center: "4712"}')) == [
        f"tenants/a.csv:2:1: labels-disagree: name of user:{ADA} is Eva here and Ada in {CONTOSO}:3.",
        f"tenants/a.csv:2:1: labels-disagree: cost_center of user:{ADA} is 4711 here and 4712 in {CONTOSO}:3.",
    ]


def test_object_ids_of_a_person_must_agree() -> None:
    assert bad(two(f"{ADA},,{OTHER_GUID},,", f"{{object_id: {GUID}}}")) == [
        f"tenants/a.csv:2:1: identity-conflict: object_id of user:{ADA} is {OTHER_GUID} here and {GUID} in {CONTOSO}:3."
    ]


# one slip does not hide another, and does not make up others


def test_a_faulty_entry_does_not_hide_the_other_problems_of_its_file() -> None:
    text = (
        "profiles:\n  agent: {licenses: [companion], extends: [agnt]}\n"
        f"users:\n  {ADA}: {{licenses: [compnion]}}\n  {BOB}: {{profiles: [agent, nobody]}}\n"
        "  eve@contoso.example: {from: 2026-02-30}\n"
        "services:\n  desk: {licence: contact_center}\n"
        "rosters: [{file: nowhere.csv}, {flie: x.csv}]\n"
    )
    assert sorted(bad(text)) == sorted([
        f"{CONTOSO}:3:44: unknown-profile: There is no profile agnt.",
        f'{CONTOSO}:5:36: unknown-license: There is no license "compnion".',
        f"{CONTOSO}:6:35: unknown-profile: There is no profile nobody.",
        f"{CONTOSO}:7:31: no-such-day: 2026-02-30 is not a day of the calendar.",
        f'{CONTOSO}:9:10: unknown-key: There is no key "licence" here.',
        f"{CONTOSO}:10:32: missing-key: The key file is missing.",
        f'{CONTOSO}:10:33: unknown-key: There is no key "flie" here.',
        f"{CONTOSO}:10:18: unreadable-roster: There is no such file.",
    ])  # fmt: skip


def test_a_faulty_profile_is_not_told_as_missing_at_all_who_have_it() -> None:
    text = f"profiles:\n  agent: {{licenses: [compnion]}}\nusers: {{{ADA}: {{profiles: [agent]}}}}"
    assert rules_of(bad(text)) == ["unknown-license"]


def test_a_faulty_entry_is_not_told_as_an_empty_section() -> None:
    text = f"manage: {{users: all}}\nusers: {{{ADA}: {{licenses: [compnion]}}}}"
    assert rules_of(bad(text)) == ["unknown-license"]


def test_a_faulty_entry_still_stands_there_once() -> None:
    text = f"users:\n  {ADA}: {{licenses: [compnion]}}\n  ADA@contoso.example: {{}}"
    assert rules_of(bad(text)) == ["unknown-license", "holder-twice"]


def test_a_file_that_can_not_be_read_is_not_told_as_missing_profiles_or_entries() -> None:
    parts = folder(a=f"manage: {{services: all}}\nusers: {{{ADA}: {{profiles: [agent]}}}}", b="profiles: [")
    assert rules_of(bad(parts)) == ["yaml-syntax"]
    parts = folder(a="manage: {users: all}\nrosters: [{file: gone.csv, profiles: [agent]}]", b="profiles: *x")
    assert sorted(rules_of(bad(parts))) == ["unreadable-roster", "yaml-alias"]


def test_a_roster_that_can_not_be_read_is_not_told_as_an_empty_section() -> None:
    assert rules_of(bad("manage: {users: all}\nrosters: [{file: gone.csv}]")) == ["unreadable-roster"]


@pytest.mark.parametrize(
    "text", ["- 1", "text", "version: 1\nusers: [1]", "version: 1\nrosters: {a: 1}", "version: 1\ntenant: 5"]
)
def test_a_file_of_another_shape_is_told_once(text: str) -> None:
    assert rules_of(bad({CONTOSO: f"{text}\n"})) == ["wrong-type"]


def test_lines_of_entries_are_right_in_a_file_with_faults() -> None:
    text = (
        f"users:\n  x: {{}}\n  {ADA}: {{}}\n  {ADA}: {{}}\n\n  {BOB}: {{}}\n  BOB@contoso.example: {{}}\n"
        f"  eve@contoso.example: {{object_id: {GUID}}}\n  fay@contoso.example: {{object_id: {GUID}}}"
    )
    told_there = bad(text)
    assert f"{CONTOSO}:8:3: holder-twice: user:BOB@contoso.example stands in {CONTOSO}:7 already." in told_there
    assert any(line.startswith(f"{CONTOSO}:10:1: identity-conflict") and f"{CONTOSO}:9 already" in line
               for line in told_there)  # fmt: skip


@pytest.mark.parametrize(("opening", "end", "closing"), [("\n", "\n", ""), ("{\n", ",\n", "}")])
def test_a_fault_of_very_many_entries_is_told_in_bearable_time(opening: str, end: str, closing: str) -> None:
    people = [f"  user{at}@contoso.example: {{profiles: [agnt], from: 2026-02-30}}" for at in range(2000)]
    began = time.perf_counter()
    problems = bad(f"users: {opening}{end.join(people)}{closing}")
    assert time.perf_counter() - began < 3
    assert len(problems) == 4000
    assert problems[2].startswith(f"{CONTOSO}:4:37: unknown-profile")


def test_very_many_doubles_are_told_in_bearable_time() -> None:
    people = "".join(f"  user{at}@contoso.example: {{}}\n" for at in range(3000))
    began = time.perf_counter()
    assert len(bad(folder(a=f"users:\n{people}", b=f"users:\n{people}"))) == 3000
    assert time.perf_counter() - began < 3


def test_every_file_is_read_once() -> None:
    files = MemoryFiles(
        {
            CONTOSO: "version: 1\nrosters: [{file: a.csv, licenses: [companion]}, {file: ./a.csv}]\n",
            "tenants/a.csv": f"upn\n{ADA}\n",
        }
    )
    tenant, problems = load_tenant(files, load(files), "contoso")
    assert not told(problems)
    assert tenant is not None
    assert len(tenant.entries["user"][ADA]) == 2
    assert files.reads == [CONTOSO, "tenants/a.csv"]
