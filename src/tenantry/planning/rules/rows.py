"""The rules that every catalog has: each row has its severity, who may move it, why it is there, and how to mend it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tenantry.model.plan import HELD, Finding, Severity
from tenantry.model.rule import Rule
from tenantry.planning.case import Case
from tenantry.planning.disappearance import RULE as MASS_DISAPPEARANCE
from tenantry.planning.rules import capacity, contract, directory, guards, memory, requirements

Judge = Callable[[Case], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Row:
    """A rule and the function that judges it.

    Where `also` judges a softer side of the rule, only what that one finds can be adjusted.
    """

    rule: Rule
    judge: Judge
    also: Judge | None = None


def row_of(  # noqa: PLR0913 - the columns of the table
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
    row_of(
        "contingency-exceeded",
        "error",
        capacity.contingency_exceeded,
        "What the portal does when a pool is empty isn't documented; a plan that needs more than was bought fails.",
        "Free as many units as are missing, or buy them through Luware Customer Success and record what was bought.",
    ),
    row_of(
        "over-allocated",
        "warning",
        capacity.over_allocated,
        "More is assigned than bought, though this plan adds nothing to it; the bill or an audit will notice.",
        "Take the surplus away, or record what was bought.",
    ),
    row_of(
        "contingency-deadlock",
        "error",
        capacity.contingency_deadlock,
        "People carry out one change after the other; when full tiers are exchanged in a circle, none can go first.",
        "Go through a tier with a free unit, or free one unit of a tier in the circle.",
    ),
    row_of(
        "contract-missing",
        "error",
        capacity.contract_missing,
        "Without a number that was bought nobody can say whether a grant fits.",
        "Record the license under contract.contingency; a license that was not bought is 0.",
    ),
    row_of(
        "contract-disagrees",
        "warning",
        capacity.contract_disagrees,
        "The files and what was observed tell different numbers or states; the smaller and the stricter count.",
        "Mend the contract in the files, or observe anew.",
        may="A",
    ),
    row_of(
        "counters-disagree",
        "warning",
        capacity.counters_disagree,
        "What the vendor counts is what it bills; units that the ledger doesn't know of are taken all the same.",
        "Find out who has them, record it, and observe the counters anew.",
        may="A",
    ),
    row_of(
        "state-forbids-changes",
        "error",
        contract.state_forbids_changes,
        "A suspended, expired or canceled tenant takes no changes (inferred from what the states do).",
        "Have Luware change the state; then plan again.",
    ),
    row_of(
        "contract-ended",
        "error",
        contract.contract_ended,
        "After the last day of the contract nothing more should be given out.",
        "Record the new term in contract.valid_until.",
        may="W",
    ),
    row_of(
        "requires-license",
        "error",
        requirements.requires_license,
        "Some licenses work only beside another one on the same holder.",
        "Grant what is needed as well, or take the dependent license away.",
    ),
    row_of(
        "needs-tier",
        "error",
        requirements.needs_tier,
        "Some addons work only from a service tier on; where the documents disagree it is a warning.",
        "Raise the service's license, or take the addon away.",
        may="A",
        also=requirements.perhaps_needs_tier,
    ),
    row_of(
        "assignment-type-needs-tier",
        "error",
        requirements.assignment_type_needs_tier,
        "Some user assignment types work only from a service tier on.",
        "Raise the service's license, or choose another assignment type.",
    ),
    row_of(
        "assignment-type-changed",
        "error",
        requirements.assignment_type_changed,
        "The product can't switch a service between these user assignment types.",
        "Keep the type, or make a new service.",
    ),
    row_of(
        "identity-conflict",
        "error",
        requirements.identity_conflict,
        "A person is an Entra ID object; if object id, UPN and former UPN point at different people, nothing is moved.",
        "Pin the right object_id, or mend the UPN and previously.",
    ),
    row_of(
        "unknown-holder",
        "error",
        directory.unknown_holder,
        "A license for somebody whom the directory doesn't know is a mistyped UPN, or pays for a person who has left.",
        "Mend the UPN, take the licenses away, or observe the directory anew.",
        may="W",
    ),
    row_of(
        "disabled-holder",
        "warning",
        directory.disabled_holder,
        "Nobody can use the license of a disabled account, and it costs on.",
        "Take the licenses away, or enable the account.",
        may="A",
    ),
    row_of(
        "downgrade-in-use",
        "error",
        guards.downgrade_in_use,
        "The portal refuses to take a license away while its features are in use.",
        "Clear the features in the Admin Portal first.",
        may="W",
    ),
    row_of(
        "max-revocations",
        "error",
        guards.max_revocations,
        "A file that went missing or a wrong pattern must not take licenses from everybody at once.",
        "Take away fewer in one plan, waive it with a reason, or change the guard.",
        may="W",
    ),
    row_of(
        "min-holders",
        "error",
        guards.min_holders,
        "Some licenses must never run out of holders.",
        "Keep enough holders, waive it with a reason, or change the guard.",
        may="W",
    ),
    row_of(
        "protected-holder",
        "error",
        guards.protected_holder,
        "Some holders must keep what they have.",
        "Leave the holder as it is, waive it with a reason, or change the guard.",
        may="W",
    ),
    row_of(
        MASS_DISAPPEARANCE,
        "error",
        _nothing,
        "Judged by observe: a snapshot that lacks more than half of a section is rather cut off than true.",
        "Take the snapshot anew; if it is true, waive it with a reason.",
        may="W",
    ),
    row_of(
        "ledger-missing",
        "warning",
        memory.ledger_missing,
        "Without a record of who holds what, every holder counts as new and every license as a grant.",
        "Give the current state with --current FILE, or the id that the tenant had before.",
    ),
    row_of(
        "terms-changed",
        "info",
        memory.terms_changed,
        "What was bought and what protects a tenant may move without a license that moves; a review must see it.",
        "Nothing, if it is meant; the next apply remembers the new terms.",
        may="A",
    ),
    row_of(
        "no-longer-listed",
        "warning",
        memory.no_longer_listed,
        "A holder whose entry was deleted keeps its licenses where the section is listed, which nobody may have meant.",
        "List the holder again, with no licenses if it is to lose them.",
        may="A",
    ),
    row_of(
        "tenant-without-file",
        "info",
        memory.tenant_without_file,
        "A tenant that was renamed or whose file is gone is planned by nobody, while its licenses cost on.",
        "Write its file, or name it under `tenant: {previously: old-id}` in the file of its new name.",
    ),
    row_of(
        "no-memory",
        "info",
        memory.no_memory,
        "A snapshot doesn't remember what the files said at the last apply.",
        "Nothing; read the diff of the files.",
    ),
    row_of(
        "under-supposition",
        "info",
        memory.supposed,
        "A plan under suppositions must not be taken for one that can be applied.",
        "Plan without suppositions.",
    ),
    row_of(
        HELD,
        "info",
        memory.tenant_held,
        "The workspace holds the tenant back: it is planned and shown, never applied, and not in the exit code.",
        "Take hold off in tenantry.yaml.",
    ),
    row_of(
        "no-baseline",
        "info",
        _nothing,
        "Drift is measured from the last apply; without one nothing can have drifted.",
        "Apply once.",
    ),
    row_of(
        "world-moved",
        "warning",
        _nothing,
        "The world was moved past the files, and the next apply sets it back; somebody may have had a reason.",
        "Write it into the files if it is to stay.",
    ),
    row_of(
        "unlisted-moved",
        "info",
        _nothing,
        "Licenses of holders that no file lists have moved; they count, and nothing sets them back.",
        "List the holder, if files are to say what it has.",
    ),
    row_of(
        "files-ahead",
        "info",
        _nothing,
        "What the files ask for and was not applied yet is no drift.",
        "Plan and apply.",
    ),
    row_of(
        "waiver-expired",
        "info",
        _nothing,
        "A waiver whose last day is over lets nothing pass any more.",
        "Take it out of tenantry.yaml.",
    ),
    row_of(
        "waiver-unneeded",
        "info",
        _nothing,
        "A waiver that nothing needs may let something pass one day that nobody meant.",
        "Take it out.",
    ),
)
