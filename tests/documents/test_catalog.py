"""The built-in catalog holds the whole domain, and a new license, part, state or advice needs no line of Python."""

import json
from pathlib import Path

import pytest

import tenantry
from tenantry.documents.catalog import BUILTIN, builtin, read_catalog
from tenantry.documents.check import check
from tenantry.documents.data import packaged
from tenantry.documents.document import Document
from tenantry.documents.schema import schema
from tenantry.documents.yaml import read_yaml
from tenantry.errors import AuthorError, OperatorError
from tenantry.model.catalog import Advice, Catalog, NeedsTier

NIMBUS = packaged("nimbus.catalog.yaml").decode()
SMALL = """\
version: 1
name: ours
parts: {service: Services, user: Users}
states: {active: {label: Active, effect: All is well., changes: allowed}}
licenses:
  basic: {label: Basic, part: service, holder: service, tier: 0, default: true}
  seat: {label: Seat, part: user, holder: user}
"""


def document(text: str) -> Document:
    read, problems = read_yaml("ours.catalog.yaml", text.encode())
    assert read is not None
    assert problems == []
    return read


def catalog(text: str) -> Catalog:
    read, problems = read_catalog(document(text))
    assert problems == []
    assert read is not None
    return read


@pytest.mark.parametrize("name", BUILTIN)
def test_a_built_in_catalog_has_no_problems_and_reads_as_any_other(name: str) -> None:
    read = catalog(packaged(f"{name}.catalog.yaml").decode())
    assert (read, read.digest) == (builtin(name), builtin(name).digest)


def test_nimbus_has_every_license_of_the_page_in_its_order() -> None:
    page = {
        "service": ["advanced_routing", "enterprise_routing", "contact_center"],
        "addon": ["interact_service"],
        "user": ["contact_center_user", "interact", "attendant_console", "assistant", "companion"],
        "modality": ["instant_messaging", "external_task", "email"],
        "virtual_user": ["virtual_user"],
    }
    nimbus = builtin("nimbus")
    assert [part.id for part in nimbus.parts] == list(page)
    assert [part.label for part in nimbus.parts][3:] == ["Modality licenses", "Virtual User licenses"]
    assert list(nimbus.licenses) == [license_id for licenses in page.values() for license_id in licenses]
    assert {item.id: item.part for item in nimbus.licenses.values()} == {
        license_id: part for part, licenses in page.items() for license_id in licenses
    }
    holders = {"addon": "service", "modality": "user"}
    assert all(item.holder == holders.get(item.part, item.part) for item in nimbus.licenses.values())


def test_nimbus_knows_what_licenses_need() -> None:
    nimbus = builtin("nimbus")
    assert nimbus.tiers == ("advanced_routing", "enterprise_routing", "contact_center")
    assert nimbus.default_tier == "advanced_routing"
    assert {item.id: item.requires for item in nimbus.licenses.values() if item.requires} == {
        "interact": ("contact_center_user",)
    }
    assert nimbus.licenses["interact_service"].needs_tier == NeedsTier("enterprise_routing", "contact_center")
    in_use = [item.id for item in nimbus.licenses.values() if item.in_use]
    assert in_use == ["enterprise_routing", "contact_center", "contact_center_user"]
    assert not any(item.preview for item in nimbus.licenses.values())


def test_nimbus_knows_the_states_from_harmless_to_final_and_what_they_allow() -> None:
    states = builtin("nimbus").states.values()
    assert [state.id for state in states] == ["active", "lab", "trial", "suspended", "expired", "canceled"]
    assert [state.severity for state in states] == list(range(6))
    assert [state.id for state in states if state.allows_changes] == ["active", "lab", "trial"]
    assert {state.id: state.notice for state in states if state.notice} == {"lab": "state-lab", "trial": "state-trial"}


def test_nimbus_knows_the_assignment_types() -> None:
    types = builtin("nimbus").assignment_types
    assert list(types) == ["ms_teams_based", "skill_based", "none"]
    assert [item.id for item in types.values() if item.switch_never] == ["ms_teams_based", "skill_based"]
    assert types["skill_based"].needs_tier == NeedsTier("contact_center", "contact_center")


def test_nimbus_gives_the_advice_of_the_contract() -> None:
    nimbus = builtin("nimbus")
    given = {}
    for item in (*nimbus.licenses.values(), *nimbus.assignment_types.values()):
        for advice in item.advice:
            when = (advice.holder_lacks, advice.no_service_at_least, advice.tenant_lacks, advice.unlicensed)
            given[advice.rule] = (item.id, *when)
    user = ("contact_center_user",)
    assert given == {
        "companion-idle": ("companion", (), "enterprise_routing", (), False),
        "instant-messaging-idle": ("instant_messaging", ("interact",), "contact_center", (), False),
        "external-task-without-contact-center-user": ("external_task", user, None, (), False),
        "email-without-contact-center-user": ("email", user, None, (), False),
        "virtual-user-unlicensed": ("virtual_user", (), None, (), True),
        "virtual-user-idle": ("virtual_user", (), "enterprise_routing", (), False),
        "skill-based-without-agents": ("skill_based", (), None, user, False),
    }


def test_everything_in_nimbus_has_a_source() -> None:
    nimbus = builtin("nimbus")
    named = (*nimbus.licenses.values(), *nimbus.states.values(), *nimbus.assignment_types.values())
    advice = [given for item in (*nimbus.licenses.values(), *nimbus.assignment_types.values()) for given in item.advice]
    assert all(item.source for item in (*named, *advice))
    assert all("http" not in item.source for item in (*named, *advice))
    assert all(given.source.startswith("inferred from ") for given in advice if given.evidence == "inferred")


def test_a_new_license_part_state_and_advice_need_no_line_of_python() -> None:
    text = (
        NIMBUS.replace(
            "  virtual_user: Virtual User licenses\n", "  virtual_user: Virtual User licenses\n  studio: Studio\n"
        )
        .replace(
            "\nstates:\n",
            """
  video:
    label: Video
    part: studio
    holder: user
    requires: [contact_center_user]
    advice:
      - rule: video-without-email
        when: {holder_lacks: email, no_service_at_least: contact_center}
        message: Video is of little use without Email.

states:
""",
        )
        .replace(
            "  suspended:\n", "  frozen: {label: Frozen, effect: Nothing moves., changes: forbidden}\n  suspended:\n"
        )
    )
    ours = catalog(text)
    assert ours.licenses["video"].advice == (
        Advice(
            rule="video-without-email",
            message="Video is of little use without Email.",
            evidence="inferred",
            source="",
            holder_lacks=("email",),
            no_service_at_least="contact_center",
        ),
    )
    assert [state.id for state in ours.states.values()][2:5] == ["trial", "frozen", "suspended"]
    assert ours.parts[-1].id == "studio"
    definitions = schema("tenant", ours)["$defs"]
    assert all("video" in definitions[name]["enum"] for name in ("license", "user_license", "person_license"))
    assert "frozen" in definitions["state"]["enum"]
    assert "studio" in schema("report", ours)["$defs"]["part"]["enum"]
    used = document("version: 1\ncontract: {state: frozen}\nusers: {ada@contoso.example: {licenses: [video]}}\n")
    assert check(used, "tenant", ours) == []
    assert [finding.rule for finding in check(used, "tenant", builtin("nimbus"))] == ["unknown-name", "unknown-license"]
    typo = document("version: 1\nusers: {ada@contoso.example: {licenses: [vidio]}}\n")
    assert [finding.hint for finding in check(typo, "tenant", ours)] == ['Did you mean "video"?']


def test_a_small_catalog_says_only_what_it_must() -> None:
    small = catalog(SMALL + "  extra: {label: Extra, part: service, holder: service, needs_tier: {at_least: basic}}\n")
    assert small.assignment_types == {}
    assert small.licenses["extra"].needs_tier == NeedsTier("basic", "basic")
    assert small.states["active"].evidence == "inferred"


def test_all_problems_of_a_catalog_are_told_at_once() -> None:
    text = SMALL.replace("part: user", "part: desk").replace("holder: user", "holder: user, requires: [chair]")
    read, problems = read_catalog(document(text))
    assert read is None
    assert [(problem.rule, problem.line) for problem in problems] == [("unknown-name", 7), ("unknown-license", 7)]


def test_a_problem_of_an_assignment_type_is_told_in_its_place() -> None:
    types = "assignment_types:\n  free:\n    label: Free\n    needs_tier: {at_least: seat}\n"
    advice = "    advice:\n      - {rule: a, when: {holder_lacks: basic}, message: A.}\n"
    (problem,) = read_catalog(document(SMALL + types + advice))[1]
    assert (problem.rule, problem.line, problem.column) == ("wrong-holder", 11, 28)


def test_the_digest_is_of_what_is_said_not_of_how_it_is_written() -> None:
    digest = catalog(SMALL).digest
    assert digest.startswith("sha256:")
    same = SMALL.replace("label: Seat, part: user", "part: user, label: Seat") + "# a comment\nassignment_types: {}\n"
    assert catalog(same).digest == digest
    basic, seat = SMALL.splitlines()[-2:]
    other = [SMALL.replace("label: Seat", "label: Stool"), SMALL.replace(f"{basic}\n{seat}", f"{seat}\n{basic}")]
    assert len({digest, *(catalog(text).digest for text in other)}) == 3


def test_there_is_no_other_built_in_catalog() -> None:
    with pytest.raises(AuthorError, match="no built-in catalog 'nimbs'") as error:
        builtin("nimbs")
    assert error.value.hint == "Built in: nimbus."


def test_the_packed_folder_comes_before_the_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    packed = tmp_path / "src" / "tenantry" / "schemas"
    kept = tmp_path / "schemas"
    for folder in (packed, kept):
        folder.mkdir(parents=True)
    monkeypatch.setattr(tenantry, "__path__", [str(packed.parent)])
    (kept / "a.json").write_text(json.dumps("checkout"), encoding="utf-8")
    assert packaged("a.json") == b'"checkout"'
    (packed / "a.json").write_text(json.dumps("packed"), encoding="utf-8")
    assert packaged("a.json") == b'"packed"'
    with pytest.raises(OperatorError, match=r"lacks its data file b\.json"):
        packaged("b.json")
