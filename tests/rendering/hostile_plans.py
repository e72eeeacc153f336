"""Plans with the same shape and any text in every place where a file could have put it."""

from dataclasses import replace
from itertools import cycle

from hypothesis import strategies as st
from rendering_samples import BOUGHT, PLAN, plan_set
from test_escape import HOSTILE

from tenantry.model.plan import Change, Finding, PlanSet, Update, Usage

REFERENCES = (
    *("!1", "~label", '~"two words"', "%milestone", '%"1.0 beta"', "&7", "$12", "@user", "@org/team", "#1", "^alert#1"),
    *("*iteration:9", '*iteration:"Q 1"', "[vulnerability:3]", "[feature_flag:3]", ":smile:", "[[wiki]]", "[[a wiki]]"),
    *(
        "/close",
        "/merge",
        "/approve now",
        "/label ~x",
        "GL-12",
        "ABC-12",
        "AB#12",
        "!12",
        "deadbeef",
        "0123456789abcdef",
    ),
    *("@<0f8fad5b-d9cd-469f-a165-70867728950e>", "{+ new +}", "[- old -]", "[ ]", "[x]", "$`a`$", "$a$", "a_b_c"),
    *(
        "::: mermaid",
        "[[_TOC_]]",
        "https://evil.example",
        "www.evil.example",
        "a@b.example",
        "##vso[task.x]y",
        "##[error]x",
    ),
    *("a|b`c", "``", "`", "|", "\\|", "` | `", "a\\", "|`#1`|", "- [ ] x", "[x][y]", "<!-- -->", "&#35;1", "{{x}}"),
)
"""What one forge or another brings to life in the Markdown of a comment, and what ends code between backticks."""
TEXTS = (st.text(max_size=40) | st.sampled_from((*HOSTILE, *REFERENCES))).map(lambda text: "x" + text)


def shaped(texts: list[str]) -> PlanSet:
    """Two tenants with changes of each kind; the texts stand wherever there is room for one."""
    take = cycle(texts).__next__
    plans = []
    for tenant in ("contoso", "fabrikam"):
        changes = (
            Change(step=1, action="revoke", holder=f"user:{take()}", license=take(), reason=take(), risk="unverified"),
            Change(
                step=2, action="replace", holder=f"service:{take()}", license="contact_center", replaces=take(),
                reason=take(), file=take(), line=3,
            ),
            Change(step=3, action="grant", holder=f"virtual_user:{take()}", license="virtual_user", reason=take()),
        )  # fmt: skip
        findings = tuple(
            Finding(
                rule=f"rule-{severity}", severity=severity, message=take(), hint=take(), tenant=take(),
                holder=f"user:{take()}", file=take(), line=1, column=2, waived=waived,
            )
            for severity, waived in (("error", None), ("error", take()), ("warning", None), ("info", None))
        )  # fmt: skip
        plans.append(
            replace(
                PLAN,
                tenant=tenant,
                name=take(),
                state=take(),
                changes=changes,
                updates=(Update(holder=f"user:{take()}", field="name", before=take(), after=take()),),
                usage=(
                    Usage(license=take(), contingency=3, before=1, peak=2, after=2),
                    Usage(license="companion", contingency=BOUGHT["companion"], before=9, peak=11, after=11),
                ),
                findings=findings,
                cost=None,
            )
        )
    problem = Finding(
        rule="unreadable",
        severity="error",
        message=take(),
        hint=take(),
        tenant="nordwind",
        file=take(),
        line=1,
        column=1,
    )
    return plan_set(*plans, problems=(problem,))
