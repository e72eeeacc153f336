"""The table of formats, JSON for programs, and the smaller texts."""

import json
import subprocess
import sys
import time

import pytest
from rendering_samples import CATALOG, IDLE, PLAN, PROBLEM, QUIET, REPORT, fleet, large_plan, plan_set

from tenantry.model.plan_data import plan_set_from
from tenantry.model.report import Because, Explanation, Judged, LicenseExplained, Move, Validation
from tenantry.model.rule import Rule
from tenantry.rendering.formats import EXPLANATION_FORMATS, PLAN_FORMATS, REPORT_FORMATS, VALIDATION_FORMATS
from tenantry.rendering.layout import Layout
from tenantry.rendering.text import moves_text, rule_text, rules_text

LAYOUT = Layout()
RULES = (
    Rule(id="max-revocations", severity="error", why="A slip takes many away.", mend="Split the plan.", waivable=True),
    Rule(id="companion-idle", severity="warning", why="It does nothing.", mend="Revoke it.", adjustable=True),
)
EXPLANATION = Explanation(
    "contoso",
    "user:ada@contoso.example",
    (
        LicenseExplained(
            "companion", desired=True, current=False, because=(Because("profile agent", "tenants/contoso.yaml", 12),)
        ),
        LicenseExplained("interact", desired=False, current=True, because=(Because("without"),)),
        LicenseExplained("instant_messaging", desired=None, current=True, because=()),
    ),
)


def test_the_formats_of_each_answer() -> None:
    assert set(PLAN_FORMATS) >= {"text", "json", "markdown", "github"}
    assert set(REPORT_FORMATS) >= {"text", "json", "markdown"}
    assert set(VALIDATION_FORMATS) >= {"text", "json", "github"}
    assert set(EXPLANATION_FORMATS) >= {"text", "json"}


@pytest.mark.parametrize("name", PLAN_FORMATS)
def test_every_format_of_a_plan_ends_its_last_line_and_renders_nothing_to_do(name: str) -> None:
    for plans in (plan_set(), plan_set(QUIET), plan_set(PLAN), plan_set(problems=[PROBLEM])):
        page = PLAN_FORMATS[name](plans, CATALOG, LAYOUT)
        assert not page or page.endswith("\n")
        assert page == PLAN_FORMATS[name](plans, CATALOG, LAYOUT)


def test_the_json_of_a_plan_is_canonical_and_loads_again() -> None:
    text = PLAN_FORMATS["json"](plan_set(PLAN, problems=[PROBLEM]), CATALOG, LAYOUT)
    assert text.endswith("}\n")
    assert text.count("\n") == 1
    assert plan_set_from(json.loads(text)) == plan_set(PLAN, problems=[PROBLEM])


def test_the_json_of_a_report_has_the_keys_of_the_format() -> None:
    data = json.loads(REPORT_FORMATS["json"](fleet(2), CATALOG, LAYOUT))
    assert set(data) == {"format", "problems", "roll_up", "tenants"}
    tenant = data["tenants"][0]
    assert " ".join(tenant) == "as_of cost cost_centers findings name organization_units parts state tenant trend"
    assert " ".join(tenant["parts"][0]) == "label licenses part"
    licenses = tenant["parts"][0]["licenses"]
    assert " ".join(licenses[0]) == "assigned available contingency label license unaccounted"
    assert tenant["organization_units"][2] == {
        "organization_unit": None,
        "licenses": {"advanced_routing": 12, "contact_center": 3},
    }
    assert json.loads(REPORT_FORMATS["json"](REPORT, CATALOG, LAYOUT))["roll_up"] is None


def test_the_json_of_validation_and_explanation_has_the_keys_of_the_format() -> None:
    validation = json.loads(
        VALIDATION_FORMATS["json"](Validation((PROBLEM,), (Judged("contoso", (IDLE,)),)), CATALOG, LAYOUT)
    )
    assert validation["format"] == "tenantry-validate/1"
    assert validation["problems"][0]["column"] == 18
    assert validation["tenants"][0]["findings"][0]["rule"] == "companion-idle"
    assert json.loads(EXPLANATION_FORMATS["json"](EXPLANATION, CATALOG, LAYOUT)) == {
        "format": "tenantry-explain/1",
        "holder": "user:ada@contoso.example",
        "licenses": [
            {
                "license": "companion",
                "desired": True,
                "current": False,
                "because": [{"text": "profile agent", "file": "tenants/contoso.yaml", "line": 12}],
            },
            {
                "license": "interact",
                "desired": False,
                "current": True,
                "because": [{"text": "without", "file": None, "line": None}],
            },
            {"license": "instant_messaging", "desired": None, "current": True, "because": []},
        ],
    }


def test_five_thousand_changes_are_json_at_once() -> None:
    plans = plan_set(large_plan(5000))
    began = time.perf_counter()
    PLAN_FORMATS["json"](plans, CATALOG, LAYOUT)
    assert time.perf_counter() - began < 0.5  # 0.02 s on a quiet machine


def test_the_table_of_formats_loads_no_template_engine() -> None:
    probe = "import sys, tenantry.rendering.formats; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


def test_validation_in_text_ends_with_counts() -> None:
    right = Validation((), (Judged("contoso", (IDLE,)),))
    wrong = Validation((PROBLEM,), ())
    assert VALIDATION_FORMATS["text"](right, CATALOG, LAYOUT).endswith(
        "✔ valid: 1 tenant read, 0 problems, 1 warning\n"
    )
    assert VALIDATION_FORMATS["text"](wrong, CATALOG, LAYOUT).endswith(
        "✖ not valid: 0 tenants read, 1 problem, 0 warnings\n"
    )


def test_an_explanation_says_what_happens_and_because_of_what() -> None:
    assert EXPLANATION_FORMATS["text"](EXPLANATION, CATALOG, LAYOUT) == (
        "user:ada@contoso.example in tenant contoso\n"
        "  Companion (companion): + gets it\n"
        "      profile agent (tenants/contoso.yaml:12)\n"
        "  Interact (interact): - loses it\n"
        "      without\n"
        "  Instant Messaging (instant_messaging): = left alone, no entry speaks about it;\n"
        "    holds it\n"
    )


def test_moves_are_told_with_both_sides() -> None:
    moves = (Move("contoso usage", "1", "2"), Move("new", None, "x"), Move("old", "y", None))
    assert moves_text(moves, LAYOUT) == "~ contoso usage: 1 → 2\n+ new: x\n- old: y\n"
    assert moves_text((), LAYOUT) == "= nothing moved\n"


def test_rules_are_listed_with_what_may_be_moved_and_one_in_full() -> None:
    text = rules_text(RULES, LAYOUT)
    assert text.splitlines()[0] == "max-revocations  ✖ error    waivable"
    assert "    It does nothing." in text
    assert rule_text(RULES[0], LAYOUT) == (
        "max-revocations: ✖ error, waivable\n"
        "  Why: A slip takes many away.\n"
        "  Mend: Split the plan.\n"
        "  Let it pass once: --allow max-revocations --reason TEXT\n"
    )
