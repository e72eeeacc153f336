"""Pages to look at: reports and plans of each size that a reader may meet, and with any text for a name."""

from dataclasses import replace
from pathlib import Path

from hostile_plans import shaped
from pictures import render
from rendering_samples import CATALOG, PLAN, PROBLEM, QUIET, READY, REPORTED, fleet, plan_set
from test_escape import HOSTILE
from test_report_pages import hostile

from tenantry.model.report import HolderUsage, Report
from tenantry.rendering.formats import PLAN_FORMATS, REPORT_FORMATS
from tenantry.rendering.layout import Layout

PAGES = ("fleet", "tenant", "report", "holders", "hostile", "plan", "quiet", "plans", "hostile-plans")
HOLDERS = 2_000
LICENSES = ("contact_center_user", "companion", "instant_messaging")


def write_pages(folder: Path) -> None:
    """Every page of PAGES; `fleet` and `tenant` are of the sample workspace after a year of use."""
    render(folder)
    _report(folder, "report", Report(problems=(PROBLEM,), tenants=(REPORTED,)))
    _report(folder, "holders", Report(problems=(), tenants=(replace(REPORTED, holders=_holders(HOLDERS)),)))
    _report(folder, "hostile", _hostile())
    for name, plans in {
        "plan": plan_set(PLAN),
        "quiet": plan_set(QUIET),
        "plans": plan_set(
            PLAN, replace(READY, tenant="fabrikam"), replace(QUIET, tenant="nordwind"), problems=[PROBLEM]
        ),
        "hostile-plans": shaped(list(HOSTILE)),
    }.items():
        (folder / f"{name}.html").write_text(PLAN_FORMATS["html"](plans, CATALOG, Layout()), encoding="utf-8")


def write_fleet(folder: Path, tenants: int) -> Path:
    """The report of so many tenants."""
    return _report(folder, f"fleet-{tenants}", fleet(tenants))


def _report(folder: Path, name: str, report: Report) -> Path:
    file = folder / f"{name}.html"
    file.write_text(REPORT_FORMATS["html"](report, CATALOG, Layout()), encoding="utf-8")
    return file


def _holders(count: int) -> tuple[HolderUsage, ...]:
    return tuple(
        HolderUsage(
            holder=f"user:person{at:05}@contoso.example",
            name=f"Person {at}",
            organization_unit=f"/Contoso/{('Basel', 'Bern', 'Zürich')[at % 3]}",
            cost_center=str(4700 + at % 30),
            licenses=LICENSES[: at % len(LICENSES) + 1],
        )
        for at in range(count)
    )


def _hostile() -> Report:
    """A tenant for each text, which is the name of everything in it."""
    found = []
    for at, text in enumerate(HOSTILE):
        tenant = hostile(text).tenants[0]
        holder = replace(_holders(1)[0], holder=f"user:{text}", name=text, organization_unit=text, cost_center=text)
        found.append(replace(tenant, tenant=f"t{at:02}", holders=(holder,)))
    return Report(problems=hostile(HOSTILE[0]).problems, tenants=tuple(found), roll_up=fleet(3).roll_up)
