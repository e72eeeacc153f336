"""rules: the rules that a plan is judged by, and those that files alone break."""

from collections.abc import Mapping

from tenantry.documents.problems import PROBLEMS
from tenantry.model.catalog import Catalog
from tenantry.model.rule import Rule
from tenantry.planning.rules.table import rules


def all_rules(catalog: Catalog) -> Mapping[str, Rule]:
    """Every rule by id; where files and current state can break the same rule, the plan's row speaks."""
    known = rules(catalog)
    return {**known, **{name: rule for name, rule in PROBLEMS.items() if name not in known}}
