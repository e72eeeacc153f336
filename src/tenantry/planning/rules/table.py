"""The table of rules: the rows that are always there, and those that the catalog adds."""

from collections.abc import Iterable, Mapping

from tenantry.model.catalog import Advice, Catalog
from tenantry.model.rule import Rule
from tenantry.planning.rules import contract
from tenantry.planning.rules.advice import advice
from tenantry.planning.rules.rows import ROWS, Judge, Row, row_of


def rows(catalog: Catalog) -> tuple[Row, ...]:
    """Every row, with those that the catalog adds: a notice for each state that has one, and its advice.

    A catalog that uses the name of a rule that is here already can't change that rule.
    """
    notices = [
        row_of(
            state.notice,
            "info",
            contract.state_notice,
            f"The tenant is {state.label}: {state.effect}",
            "Nothing.",
        )
        for state in catalog.states.values()
        if state.notice
    ]
    found: dict[str, Row] = {}
    for row in (*ROWS, *notices, *(_advice_row(piece) for piece in _advice(catalog))):
        found.setdefault(row.rule.id, row)
    return tuple(found.values())


def judges(catalog: Catalog) -> tuple[tuple[Judge, bool], ...]:
    """Each function once, in the order of the table, and whether what it finds can be adjusted where the rule can.

    Those that speak for the catalog are there whatever names it gives.
    """
    found: dict[Judge, bool] = {}
    for row in rows(catalog):
        found.setdefault(row.judge, row.also is None)
        if row.also is not None:
            found[row.also] = True
    return tuple({**found, contract.state_notice: True, advice: True}.items())


def rules(catalog: Catalog) -> Mapping[str, Rule]:
    """The rules by id."""
    return {row.rule.id: row.rule for row in rows(catalog)}


def _advice(catalog: Catalog) -> Iterable[Advice]:
    for item in catalog.licenses.values():
        yield from item.advice
    for kind_of_service in catalog.assignment_types.values():
        yield from kind_of_service.advice


def _advice_row(piece: Advice) -> Row:
    known = piece.source if piece.source.startswith(piece.evidence) else f"{piece.evidence}: {piece.source}"
    why = f"{piece.message} ({known})"
    return row_of(piece.rule, "warning", advice, why, "Grant what is lacking, or take away what does nothing.", may="A")
