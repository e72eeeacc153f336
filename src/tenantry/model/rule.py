"""A rule that a finding names: how grave it is, who may move that, why it exists and how it is mended."""

from dataclasses import dataclass

from tenantry.model.plan import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the rule table.

    `severity` is the gravest that the rule can have unmoved. `waivable`: a waiver with a reason lets its error pass.
    `adjustable`: the workspace may set another severity (of a rule with an error and a warning, the warning's).
    `of` tells whether files alone show it (`problem`, exit 1) or a plan judges it (`finding`).
    """

    id: str
    severity: Severity
    why: str
    mend: str
    waivable: bool = False
    adjustable: bool = False
    of: str = "finding"
