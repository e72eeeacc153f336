"""The table of rules: each row has its severity, who may move it, why it is there, how to mend it, its function."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tenantry.model.catalog import Advice, Catalog
from tenantry.model.plan import HELD, Finding, Severity
from tenantry.model.rule import Rule
from tenantry.planning.case import Case
from tenantry.planning.disappearance import RULE as MASS_DISAPPEARANCE
from tenantry.planning.rules import capacity, contract, guards, memory, requirements
from tenantry.planning.rules.advice import advice

Judge = Callable[[Case], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Row:
    """A rule and the function that judges it.

    Where `also` judges a softer side of the rule, only what that one finds can be adjusted.
    """

    rule: Rule
    judge: Judge
    also: Judge | None = None


def _row(  # noqa: PLR0913 - the columns of the table
    id_: str, severity: Severity, judge: Judge, why: str, mend: str, *, may: str = "", also: Judge | None = None
) -> Row:
    """A row; `may` is W (waivable), A (severity adjustable, and waivable if raised to error) or nothing."""
    rule = Rule(id=id_, severity=severity, why=why, mend=mend, waivable=may == "W", adjustable=may == "A")
    return Row(rule, judge, also)


def _nothing(_: Case) -> Iterable[Finding]:
    """Told elsewhere: where the waivers are applied, or where facts are recorded."""
    return ()


OF_FACTS = frozenset((MASS_DISAPPEARANCE,))
"""Rules that no plan is judged by, so that no plan can tell whether they need a waiver."""


ROWS: tuple[Row, ...] = (
    _row(
        "contingency-exceeded",
        "error",
        capacity.contingency_exceeded,
        "What the portal does when a pool is empty isn't documented; a plan that needs more than was bought fails.",
        "Free as many units as are missing, or buy them through Luware Customer Success and record what was bought.",
    ),
    _row(
        "over-allocated",
        "warning",
        capacity.over_allocated,
        "More is assigned than bought, though this plan adds nothing to it; the bill or an audit will notice.",
        "Take the surplus away, or record what was bought.",
    ),
    _row(
        "contingency-deadlock",
        "error",
        capacity.contingency_deadlock,
        "People carry out one change after the other; when full tiers are exchanged in a circle, none can go first.",
        "Go through a tier with a free unit, or free one unit of a tier in the circle.",
    ),
    _row(
        "contract-missing",
        "error",
        capacity.contract_missing,
        "Without a number that was bought nobody can say whether a grant fits.",
        "Record the license under contract.contingency; a license that was not bought is 0.",
    ),
    _row(
        "contract-disagrees",
        "warning",
        capacity.contract_disagrees,
        "The files and what was observed tell different numbers or states; the smaller and the stricter count.",
        "Mend the contract in the files, or observe anew.",
        may="A",
    ),
    _row(
        "state-forbids-changes",
        "error",
        contract.state_forbids_changes,
        "A suspended, expired or canceled tenant takes no changes (inferred from what the states do).",
        "Have Luware change the state; then plan again.",
    ),
    _row(
        "contract-ended",
        "error",
        contract.contract_ended,
        "After the last day of the contract nothing more should be given out.",
        "Record the new term in contract.valid_until.",
        may="W",
    ),
    _row(
        "requires-license",
        "error",
        requirements.requires_license,
        "Some licenses work only beside another one on the same holder.",
        "Grant what is needed as well, or take the dependent license away.",
    ),
    _row(
        "needs-tier",
        "error",
        requirements.needs_tier,
        "Some addons work only from a service tier on; where the documents disagree it is a warning.",
        "Raise the service's license, or take the addon away.",
        may="A",
        also=requirements.perhaps_needs_tier,
    ),
    _row(
        "assignment-type-needs-tier",
        "error",
        requirements.assignment_type_needs_tier,
        "Some user assignment types work only from a service tier on.",
        "Raise the service's license, or choose another assignment type.",
    ),
    _row(
        "assignment-type-changed",
        "error",
        requirements.assignment_type_changed,
        "The product can't switch a service between these user assignment types.",
        "Keep the type, or make a new service.",
    ),
    _row(
        "identity-conflict",
        "error",
        requirements.identity_conflict,
        "A person is an Entra ID object; if object id, UPN and former UPN point at different people, nothing is moved.",
        "Pin the right object_id, or mend the UPN and previously.",
    ),
    _row(
        "downgrade-in-use",
        "error",
        guards.downgrade_in_use,
        "The portal refuses to take a license away while its features are in use.",
        "Clear the features in the Admin Portal first.",
        may="W",
    ),
    _row(
        "max-revocations",
        "error",
        guards.max_revocations,
        "A file that went missing or a wrong pattern must not take licenses from everybody at once.",
        "Take away fewer in one plan, waive it with a reason, or change the guard.",
        may="W",
    ),
    _row(
        "min-holders",
        "error",
        guards.min_holders,
        "Some licenses must never run out of holders.",
        "Keep enough holders, waive it with a reason, or change the guard.",
        may="W",
    ),
    _row(
        "protected-holder",
        "error",
        guards.protected_holder,
        "Some holders must keep what they have.",
        "Leave the holder as it is, waive it with a reason, or change the guard.",
        may="W",
    ),
    _row(
        MASS_DISAPPEARANCE,
        "error",
        _nothing,
        "Judged by observe and import: a snapshot that lacks more than half of a section is rather cut off than true.",
        "Take the snapshot anew; if it is true, waive it with a reason.",
        may="W",
    ),
    _row(
        "ledger-missing",
        "warning",
        memory.ledger_missing,
        "Without a record of who holds what, every holder counts as new and every license as a grant.",
        "Give the current state with --current FILE.",
    ),
    _row(
        "no-memory",
        "info",
        memory.no_memory,
        "A snapshot doesn't remember what the files said at the last apply.",
        "Nothing; read the diff of the files.",
    ),
    _row(
        "under-supposition",
        "info",
        memory.supposed,
        "A plan under suppositions must not be taken for one that can be applied.",
        "Plan without suppositions.",
    ),
    _row(
        HELD,
        "info",
        memory.tenant_held,
        "The workspace holds the tenant back: it is planned and shown, never applied, and not in the exit code.",
        "Take hold off in tenantry.yaml.",
    ),
    _row(
        "no-baseline",
        "info",
        _nothing,
        "Drift is measured from the last apply; without one nothing can have drifted.",
        "Apply once.",
    ),
    _row(
        "drifted",
        "warning",
        _nothing,
        "The world was moved past the files, and the next apply sets it back; somebody may have had a reason.",
        "Write it into the files if it is to stay.",
    ),
    _row(
        "drifted-unlisted",
        "info",
        _nothing,
        "Licenses of holders that no file lists have moved; they count, and nothing sets them back.",
        "List the holder, if files are to say what it has.",
    ),
    _row(
        "files-ahead",
        "info",
        _nothing,
        "What the files ask for and was not applied yet is no drift.",
        "Plan and apply.",
    ),
    _row(
        "waiver-expired",
        "info",
        _nothing,
        "A waiver whose last day is over lets nothing pass any more.",
        "Take it out of tenantry.yaml.",
    ),
    _row(
        "waiver-unneeded",
        "info",
        _nothing,
        "A waiver that nothing needs may let something pass one day that nobody meant.",
        "Take it out.",
    ),
)


def rows(catalog: Catalog) -> tuple[Row, ...]:
    """Every row, with those that the catalog adds: a notice for each state that has one, and its advice.

    A catalog that uses the name of a rule that is here already can't change that rule.
    """
    notices = [
        _row(
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
    return _row(piece.rule, "warning", advice, why, "Grant what is lacking, or take away what does nothing.", may="A")
