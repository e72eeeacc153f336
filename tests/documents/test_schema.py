"""Every schema is complete for people and editors, and every no of a schema is a sentence at a place."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenantry.documents import objections as objections_module
from tenantry.documents.catalog import builtin, read_catalog
from tenantry.documents.check import check
from tenantry.documents.document import Document
from tenantry.documents.json import read_json
from tenantry.documents.objections import LARGE, objections
from tenantry.documents.problems import PROBLEMS
from tenantry.documents.schema import KINDS, quick_validator, schema
from tenantry.documents.yaml import read_yaml
from tenantry.model.catalog import Catalog
from tenantry.model.plan import Finding
from tenantry.model.plan_data import plan_set_data, plan_set_from
from tenantry.model.report import (
    GroupUsage,
    LicenseUsage,
    PartUsage,
    Report,
    ReportCost,
    RollUp,
    TenantReport,
    TightestLicense,
)
from tenantry.rendering.json import canonical, report_data

NIMBUS = builtin("nimbus")
SCHEMAS = Path(__file__).parents[2] / "schemas"
REFUSED = sorted(
    path
    for path in (Path(__file__).parents[1] / "data" / "refused").glob("*.yaml")
    if path.read_text(encoding="utf-8").startswith("# refused at ")
)

TENANT = """\
version: 1
tenant: {name: Contoso AG, timezone: Europe/Zurich, labels: {region: emea}}
contract:
  state: active
  valid_until: 2099-12-31
  currency: CHF
  contingency:
    advanced_routing: unlimited
    contact_center: 4
    interact_service: 2
    contact_center_user: 120
    instant_messaging: 40
    companion: 10
    virtual_user: 1
  prices: {contact_center_user: "45.00"}
manage: {services: listed, users: all, virtual_users: listed}
profiles:
  senior_agent: {extends: [agent], licenses: [companion]}
services:
  service-desk: {name: Service Desk, license: contact_center, addons: [interact_service], assignment_type: skill_based,
    organization_unit: /Contoso/Zurich}
  switchboard: {}
  old-hotline: {absent: true}
users:
  ada@contoso.example: {profiles: [agent], licenses: [companion], without: [instant_messaging], cost_center: "4711",
    organization_unit: /Contoso/Zurich}
  bob@contoso.example: {profiles: [senior_agent], from: 2026-12-01, until: 2027-02-28}
virtual_users:
  reception-bot: {licenses: [virtual_user]}
rosters:
  - {file: rosters/zurich.csv, profiles: [agent]}
"""
WORKSPACE = """\
version: 1
backend: sqlite:///.tenantry/ledger.db
catalog: nimbus
execution: ledger
guards:
  max_revocations: {percent: 10, count: 3, at_most: 500}
  min_holders: {contact_center_user: 1}
  protected: ["user:ada@contoso.example"]
rules: {companion-idle: "off", email-without-contact-center-user: error}
waivers: [{rule: max-revocations, tenant: contoso, reason: "team closed, ticket 4711", until: 2026-12-10}]
profiles: {agent: {licenses: [contact_center_user, instant_messaging]}}
tenants: {fabrikam: {guards: {}, execution: portal}, "lab-*": {rules: {}, hold: "until the merger"}}
"""
SNAPSHOT = """\
{"format": "tenantry-snapshot/1", "tenant": "contoso", "state": "active", "contingency": {"companion": 10},
 "services": {"service-desk": {"name": "Service Desk", "license": "contact_center", "addons": [],
   "assignment_type": "skill_based", "organization_unit": "/Contoso/Zurich"}},
 "users": {"ada@contoso.example": {"licenses": ["companion"], "object_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
   "enabled": true}},
 "virtual_users": {},
 "in_use": [{"holder": "user:ada@contoso.example", "license": "companion", "what": "2 responsibility profiles"}]}
"""


def yaml(text: str) -> Document:
    document, problems = read_yaml("file.yaml", text.encode())
    assert document is not None
    assert problems == []
    return document


def told(text: str, kind: str = "tenant", catalog: Catalog | None = NIMBUS) -> list[tuple[str, str, str]]:
    return [(finding.rule, finding.message, finding.hint) for finding in check(yaml(text), kind, catalog)]


def in_plan(**finding: Any) -> list[Finding]:
    data = schema("plan", NIMBUS)["examples"][0]
    data["plans"][0]["findings"][0].update(finding)
    document, problems = read_json("plan.json", json.dumps(data).encode())
    assert document is not None
    assert problems == []
    return check(document, "plan", NIMBUS)


def subschemas(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each schema within a schema, with its path; what stands under `examples` is data, not schema."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            if key in ("properties", "$defs", "dependentSchemas"):
                for name, inner in value.items():
                    yield from subschemas(inner, f"{path}/{key}/{name}")
            elif key in ("items", "additionalProperties", "propertyNames", "anyOf"):
                yield from subschemas(value, f"{path}/{key}")
    elif isinstance(node, list):
        for at, inner in enumerate(node):
            yield from subschemas(inner, f"{path}/{at}")


@pytest.mark.parametrize("kind", KINDS)
def test_each_schema_is_itself_valid_json_schema_2020_12(kind: str) -> None:
    document = schema(kind, NIMBUS)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document["$id"] == f"urn:tenantry:schema:{kind}"
    jsonschema.Draft202012Validator.check_schema(document)


@pytest.mark.parametrize("kind", KINDS)
def test_the_schemas_of_the_repository_stand_filled_in_with_nimbus(kind: str) -> None:
    assert json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8")) == schema(kind, NIMBUS)


@pytest.mark.parametrize("kind", KINDS)
def test_each_field_has_title_description_and_examples_for_who_hovers_over_it(kind: str) -> None:
    document = schema(kind, NIMBUS)
    fields = 0
    for path, node in subschemas(document):
        for name, field in node.get("properties", {}).items():
            fields += 1
            target = document["$defs"][field["$ref"].rpartition("/")[2]] if "$ref" in field else {}
            missing = {"title", "description", "examples"} - (field.keys() | target.keys())
            assert not missing, f"{path}/{name} lacks {missing}"
    assert fields > 10


@pytest.mark.parametrize("kind", KINDS)
def test_each_object_is_closed_or_a_map_with_known_names(kind: str) -> None:
    for path, node in subschemas(schema(kind, NIMBUS)):
        if node.get("type") == "object":
            is_map = "propertyNames" in node and isinstance(node["additionalProperties"], dict)
            assert is_map or node["additionalProperties"] is False, path


@pytest.mark.parametrize("kind", KINDS)
def test_no_reference_leaves_its_schema_and_each_pattern_speaks_of_the_whole_text(kind: str) -> None:
    document = schema(kind, NIMBUS)
    for path, node in subschemas(document):
        if "$ref" in node:
            assert node["$ref"].removeprefix("#/$defs/") in document["$defs"], path
        if "pattern" in node:
            assert re.fullmatch(r"\^.*\$", node["pattern"]), path
            assert "\\d" not in node["pattern"], f"{path}: JavaScript and Python differ on what a digit is"


@pytest.mark.parametrize("kind", KINDS)
def test_each_example_is_one(kind: str) -> None:
    document = schema(kind, NIMBUS)
    for path, node in subschemas(document):
        validator = jsonschema.Draft202012Validator({**node, "$defs": document["$defs"]})
        for example in node.get("examples", ()):
            assert not list(validator.iter_errors(example)), f"{path}: {example}"


@pytest.mark.parametrize(("kind", "text"), [("tenant", TENANT), ("workspace", WORKSPACE), ("snapshot", SNAPSHOT)])
def test_the_examples_of_the_contract_are_valid(kind: str, text: str) -> None:
    assert told(text, kind) == []


def test_the_plan_format_of_the_schema_is_that_of_the_model() -> None:
    example = schema("plan", NIMBUS)["examples"][0]
    data = plan_set_data(plan_set_from(example))
    assert [data.keys(), data["plans"][0].keys()] == [example.keys(), example["plans"][0].keys()]
    for part in ("changes", "updates", "usage", "findings", "cost", "unmanaged"):
        assert data["plans"][0][part] == example["plans"][0][part]


def test_the_report_format_of_the_schema_is_that_of_the_model() -> None:
    row = LicenseUsage(license="companion", label="Companion", contingency=None, assigned=9, available=None)
    free = TightestLicense(
        tenant="lab", name="lab", state="lab", license=None, label=None, contingency=None, assigned=0, available=None
    )
    tenant = TenantReport(
        tenant="contoso",
        name="Contoso AG",
        state="active",
        state_label="Active",
        effect="",
        as_of="2026-11-24",
        told_by="ledger",
        parts=(PartUsage("user", "User licenses", (row,)),),
        organization_units=(GroupUsage("/Contoso", 2, {"companion": 9}),),
        cost_centers=(GroupUsage(None, 2, {"companion": 9}), GroupUsage(None, 0, {"companion": 1}, unaccounted=True)),
        cost=ReportCost(currency=None, bought="1.00", used="0.50", unused="0.50", unpriced=("companion",)),
        findings=(Finding(rule="state-lab", severity="info", message="A lab.", license="companion"),),
    )
    for report in (
        Report(problems=(), tenants=(tenant,), roll_up=RollUp((row,), (free,))),
        Report(problems=(), tenants=(replace(tenant, cost=None),)),
    ):
        document, problems = read_json("report.json", canonical(report_data(report)).encode())
        assert document is not None
        assert problems == []
        assert check(document, "report", NIMBUS) == []


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_a_defect_is_told_once_at_its_place_with_rule_sentence_and_hint(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    document = yaml(text)
    kind = path.suffixes[0][1:] if len(path.suffixes) > 1 else "tenant"
    findings = read_catalog(document)[1] if kind == "catalog" else check(document, kind, NIMBUS)
    lines = [f"{it.line}:{it.column}: {it.rule}: {it.message} ({it.hint})" for it in findings]
    assert [f"# refused at {line}" for line in lines] == text.splitlines()[:1]
    assert all(finding.severity == "error" and finding.file == "file.yaml" for finding in findings)


def test_every_rule_of_this_module_is_shown_by_a_defect() -> None:
    shown = {path.read_text(encoding="utf-8").split(": ")[1] for path in REFUSED}
    own = list(PROBLEMS)
    assert shown >= set(own[own.index("unknown-key") : own.index("tiers-unclear") + 1])


def test_all_problems_of_a_file_are_told_at_once_in_the_order_of_its_text() -> None:
    text = "users:\n  ada@contoso.example: {licences: [], cost_center: 1}\nversion: 2\nservice: {}\n"
    places = [(finding.rule, finding.line, finding.column) for finding in check(yaml(text), "tenant", NIMBUS)]
    assert places == [("unknown-key", 2, 25), ("wrong-type", 2, 52), ("wrong-value", 3, 10), ("unknown-key", 4, 1)]


def test_a_hint_asks_for_quotes_where_text_is_wanted() -> None:
    assert told("version: 1\ntenant: {name: true}\n") == [
        ("wrong-type", "name must be text, not true.", 'Quote it: "true".')
    ]


def test_a_value_that_no_hint_fits_gets_that_of_its_rule() -> None:
    mend = PROBLEMS["wrong-type"].mend
    assert told("version: 1\nmanage: {users: [all]}\n") == [
        ("wrong-type", "users must be one of all, listed, none, not a list.", mend)
    ]
    assert told("version: 1\nusers: {ada@contoso.example: {licenses: [{}]}}\n") == [
        ("wrong-type", "licenses must be a user license, not a map.", mend)
    ]


def test_text_that_is_too_long_is_told_without_repeating_it() -> None:
    long = "x" * 300
    assert told(f"version: 1\ntenant: {{name: {long}}}\n")[0][:2] == (
        "bad-format",
        "name is longer than 256 characters.",
    )
    upn = f"{long}@{long}.example"
    assert told(f"version: 1\nusers: {{{upn}: {{}}}}\n")[0][:2] == (
        "bad-format",
        "The key is longer than 320 characters.",
    )


def test_what_is_quoted_from_a_file_is_cut_and_shows_what_is_hidden() -> None:
    ((_, message, _),) = told('version: 1\nmanage: {users: "\u200b' + "x" * 200 + '"}\n')
    assert "\\u200bxxx" in message
    assert len(message) < 120


def test_a_line_end_after_a_value_is_not_part_of_its_form() -> None:
    assert [rule for rule, _, _ in told('version: 1\ncontract: {valid_until: "2026-12-31\\n"}\n')] == ["bad-format"]


def test_a_name_that_resembles_nothing_gets_a_list_that_can_be_read() -> None:
    ((_, _, hint),) = told("version: 1\ncontract: {contingency: {zzz: 1}}\n")
    assert hint.startswith("Licenses: advanced_routing, ")
    assert hint.endswith(", email and 1 more.")


def test_a_catalog_without_addons_says_that_there_are_none() -> None:
    text = """\
version: 1
name: ours
parts: {user: User licenses}
states: {active: {label: Active, effect: All is well., changes: allowed}}
licenses: {seat: {label: Seat, part: user, holder: user}}
"""
    catalog, problems = read_catalog(yaml(text))
    assert problems == []
    addons = "version: 1\nservices: {desk: {addons: [seat, extra]}}\n"
    assert told(addons, catalog=catalog) == [
        ("wrong-holder", '"seat" is not an addon.', "What can stand here: there are none."),
        ("unknown-license", 'There is no license "extra".', "Licenses: there are none."),
    ]


def test_the_branch_that_fits_best_has_the_say() -> None:
    license_, missing = in_plan(license="companio"), in_plan(license=5)
    assert [(it.rule, it.hint) for it in license_] == [("unknown-license", 'Did you mean "companion"?')]
    assert [it.message for it in missing] == ["license must be a license, not the number 5."]


def test_null_of_json_is_named() -> None:
    (finding,) = in_plan(message=None)
    assert finding.message == "message must be text, not null."
    (finding,) = in_plan(tenant=1)
    assert finding.message == "tenant must be text or null, not the number 1."


def test_a_keyword_without_words_of_its_own_is_told_all_the_same() -> None:
    (finding,) = in_plan(holders=[f"user:{at}@contoso.example" for at in range(6)])
    assert finding.rule == "wrong-value"
    assert finding.message.startswith("holders is not as it should be: ['user:0@")


def test_a_required_key_without_a_simple_example_is_asked_for_plainly() -> None:
    assert ("missing-key", "The key parts is missing.", "Add it.") in told("version: 1\n", "catalog", None)


def test_a_large_section_is_narrowed_down_and_told_just_the_same() -> None:
    good = "".join(f"  u{at}@contoso.example: {{}}\n" for at in range(LARGE))
    bad = "  ada: {licenses: [companio]}\n  bob@contoso.example: {a: 1}\n"
    small, large = told(f"version: 1\nusers:\n{bad}"), told(f"version: 1\nusers:\n{good}{bad}")
    assert small == large
    assert [rule for rule, _, _ in large] == ["bad-format", "unknown-license", "unknown-key"]


def test_a_large_section_that_is_good_stays_so_beside_one_that_is_not() -> None:
    licenses = "".join(f"  seat_{at}: {{label: Seat, part: user, holder: user}}\n" for at in range(LARGE))
    text = "version: 2\nname: ours\nparts: {user: Users}\nstates: {a: {label: A, effect: A, changes: allowed}}\n"
    assert [rule for rule, _, _ in told(f"{text}licenses:\n{licenses}", "catalog", None)] == ["wrong-value"]


def test_problems_without_end_are_not_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objections_module, "MAX_PROBLEMS", 10)
    users = "".join(f"  u{at}: {{}}\n" for at in range(LARGE))
    assert len(told(f"version: 1\nusers:\n{users}")) == 10


def test_a_long_list_of_maps_is_not_compared_all_with_all() -> None:
    count = 6000
    waivers = "".join(
        f"  - {{rule: max-revocations, tenant: contoso, reason: ticket {at}, until: 2026-12-10}}\n"
        for at in range(count)
    )
    began = time.perf_counter()
    assert [rule for rule, _, _ in told(f"version: 2\nwaivers:\n{waivers}", "workspace")] == ["wrong-value"]
    assert time.perf_counter() - began < 20, "all with all are 18 million comparisons"


@pytest.mark.parametrize("kind", KINDS)
def test_a_choice_refers_to_names_only_so_that_words_can_be_found_for_it(kind: str) -> None:
    document = schema(kind, NIMBUS)
    for path, node in subschemas(document):
        for branch in node.get("anyOf", ()):
            if "$ref" in branch:
                assert "enum" in document["$defs"][branch["$ref"].rpartition("/")[2]], path


@given(st.data())
def test_the_quick_yes_and_the_slow_no_agree_on_text(data: st.DataObject) -> None:
    definitions = schema("tenant", NIMBUS)["$defs"]
    name = data.draw(st.sampled_from([name for name, it in definitions.items() if "pattern" in it]))
    pattern = definitions[name]["pattern"]
    text = data.draw(st.from_regex(pattern, fullmatch=True) | st.from_regex(pattern) | st.text())
    own = {"properties": {"it": definitions[name]}, "$defs": definitions}
    document = Document(file="f", data={"it": text}, text="{}", lines={})
    assert quick_validator(own).is_valid(document.data) is (objections(document, own) == [])


def in_a_new_process(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_good_document_costs_the_quick_validator_only() -> None:
    program = """
import sys
from tenantry.documents.catalog import builtin
from tenantry.documents.check import check
from tenantry.documents.yaml import read_yaml
before = "jsonschema_rs" in sys.modules
document, _ = read_yaml("a.yaml", b"version: 1")
print(before, check(document, "tenant", builtin("nimbus")), *sorted({"jsonschema", "jsonschema_rs"} & set(sys.modules)))
"""
    assert in_a_new_process(program) == "False [] jsonschema_rs"


def test_a_reference_to_a_url_opens_no_socket() -> None:
    program = """
import socket, sys
def refuse(*arguments, **options):
    raise SystemExit("a socket was opened")
socket.socket = socket.create_connection = socket.getaddrinfo = refuse
from tenantry.documents.catalog import builtin, read_catalog
from tenantry.documents.check import check
from tenantry.documents.yaml import read_yaml
text = b"$ref: http://127.0.0.1:9/x.json\\n$schema: http://127.0.0.1:9/y.json\\n$dynamicRef: http://127.0.0.1:9/z.json"
document, _ = read_yaml("a.yaml", text)
for kind in ("tenant", "workspace", "catalog"):
    findings = check(document, kind, builtin("nimbus"))
    print(*(f.rule for f in findings if "$" in f.message))
"""
    assert in_a_new_process(program).splitlines() == ["unknown-key unknown-key unknown-key"] * 3
