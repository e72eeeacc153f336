"""Faults in what is worked out and judged: differences, their order, rules, digests."""

from sabotaging import Instead, Sabotage, Within

CAPACITY = ("tests/planning/test_rules_capacity.py",)
COUNTERS = ("tests/planning/test_rules_counters.py",)
DIFF = ("tests/planning/test_diff.py",)
FINGERPRINT = ("tests/planning/test_fingerprint.py",)
GUARDS = ("tests/planning/test_rules_guards.py",)
JUDGE = ("tests/planning/test_judge.py",)
MEMORY = ("tests/planning/test_rules_memory.py",)
ORDER = ("tests/planning/test_order.py",)
REQUIREMENTS = ("tests/planning/test_rules_requirements.py",)
SILENT = Instead("lambda case: ()")

FAULTS = (
    Sabotage(
        what="Nobody tells that more would be assigned than was bought.",
        at="tenantry.planning.rules.capacity:contingency_exceeded",
        change=SILENT,
        tests=CAPACITY,
    ),
    Sabotage(
        what="Units that the vendor alone counts are taken for free.",
        at="tenantry.planning.planner:_ordered",
        change=Within("Counter(question.current.unaccounted)", "Counter()"),
        tests=COUNTERS,
    ),
    Sabotage(
        what="Where files and vendor tell two numbers, the larger one counts.",
        at="tenantry.planning.bought:_smaller",
        change=Within("min(numbers)", "max(numbers)"),
        tests=CAPACITY,
    ),
    Sabotage(
        what="Where files and vendor tell two states, the milder one counts.",
        at="tenantry.planning.bought:_stricter",
        change=Within("max(told", "min(told"),
        tests=CAPACITY,
    ),
    Sabotage(
        what="A suspended tenant may be changed.",
        at="tenantry.planning.rules.contract:state_forbids_changes",
        change=SILENT,
        tests=("tests/planning/test_rules_contract.py",),
    ),
    Sabotage(
        what="After the last day of the contract licenses are given on.",
        at="tenantry.planning.rules.contract:contract_ended",
        change=Within("last >= case.today", "True"),
        tests=("tests/planning/test_rules_contract.py",),
    ),
    Sabotage(
        what="One plan may take a license from everybody.",
        at="tenantry.planning.rules.guards:max_revocations",
        change=SILENT,
        tests=GUARDS,
    ),
    Sabotage(
        what="The percentage that a plan may take away is rounded up.",
        at="tenantry.model.policy:MaxRevocations.allowed",
        change=Within("assigned * self.percent // 100", "-(-assigned * self.percent // 100)"),
        tests=GUARDS,
    ),
    Sabotage(
        what="The last holders of a license may lose it.",
        at="tenantry.planning.rules.guards:min_holders",
        change=SILENT,
        tests=GUARDS,
    ),
    Sabotage(
        what="A protected holder is not known by the UPN of before.",
        at="tenantry.planning.rules.guards:protected_holder",
        change=Within("holder_key(former.get(change.holder, change.holder))", "holder_key(change.holder)"),
        tests=GUARDS,
    ),
    Sabotage(
        what="What is in use is taken away unasked.",
        at="tenantry.planning.rules.guards:downgrade_in_use",
        change=SILENT,
        tests=GUARDS,
    ),
    Sabotage(
        what="A license is given without the one that it needs.",
        at="tenantry.planning.rules.requirements:requires_license",
        change=SILENT,
        tests=REQUIREMENTS,
    ),
    Sabotage(
        what="An addon is given to a service of any tier.",
        at="tenantry.planning.rules.requirements:needs_tier",
        change=SILENT,
        tests=REQUIREMENTS,
    ),
    Sabotage(
        what="A snapshot may lack nearly everybody.",
        at="tenantry.planning.disappearance:_most",
        change=Within("part * 2 > whole", "part > whole"),
        tests=("tests/planning/test_observed.py",),
    ),
    Sabotage(
        what="A waiver lets pass after its last day.",
        at="tenantry.planning.judge:_waived",
        change=Within("waiver.until is None or waiver.until >= day", "True"),
        tests=JUDGE,
    ),
    Sabotage(
        what="A waiver lets pass what nobody may waive.",
        at="tenantry.planning.judge:_waived",
        change=Within(" or not permitted", ""),
        tests=JUDGE,
    ),
    Sabotage(
        what="An error is moved out of the way by the workspace.",
        at="tenantry.planning.judge:_adjusted",
        change=Within('finding.severity == "error" or not (rule.adjustable and movable)', "not rule.adjustable"),
        tests=JUDGE,
    ),
    Sabotage(
        what="Terms that moved are not told.",
        at="tenantry.planning.rules.memory:terms_changed",
        change=SILENT,
        tests=MEMORY,
    ),
    Sabotage(
        what="Whoever moves the terms silences that they moved.",
        at="tenantry.planning.judge:_as_remembered",
        change=Instead("lambda policy, current: policy"),
        tests=("tests/cli/test_apply_memory.py",),
    ),
    Sabotage(
        what="A missing ledger is not told.",
        at="tenantry.planning.rules.memory:ledger_missing",
        change=SILENT,
        tests=MEMORY,
    ),
    Sabotage(
        what="A person whom the directory doesn't know gets licenses.",
        at="tenantry.planning.rules.directory:unknown_holder",
        change=SILENT,
        tests=("tests/planning/test_rules_directory.py",),
    ),
    Sabotage(
        what="The effect is blind to updates.",
        at="tenantry.planning.fingerprint:effect_of",
        change=Within("[update_data(update) for update in updates]", "[]"),
        tests=FINGERPRINT,
    ),
    Sabotage(
        what="The effect is blind to waivers.",
        at="tenantry.planning.fingerprint:effect_of",
        change=Within("if finding.waived is not None", "if False"),
        tests=FINGERPRINT,
    ),
    Sabotage(
        what="The basis is blind to the state of the tenant.",
        at="tenantry.planning.fingerprint:basis_of",
        change=Within('"state": bought.state,', ""),
        tests=FINGERPRINT,
    ),
    Sabotage(
        what="The goal is blind to how absence is read.",
        at="tenantry.planning.fingerprint:goal_of",
        change=Within('"managed": dict(tenant.managed), ', ""),
        tests=FINGERPRINT,
    ),
    Sabotage(
        what="Units are given before others are taken away.",
        at="tenantry.planning.order:order",
        change=Within(
            "*((move,) for move in revokes), *dealt, *((move,) for move in grants)",
            "*((move,) for move in grants), *dealt, *((move,) for move in revokes)",
        ),
        tests=ORDER,
    ),
    Sabotage(
        what="A circle of full tiers is cut into single steps.",
        at="tenantry.planning.order:order",
        change=Within('if execution == "portal":', "if True:"),
        tests=ORDER,
    ),
    Sabotage(
        what="What others depend on is taken away first.",
        at="tenantry.planning.order:_split",
        change=Within("-depth[move.license]", "depth[move.license]"),
        tests=ORDER,
    ),
    Sabotage(
        what="Free units of a tier are not looked for.",
        at="tenantry.planning.tiers:_single",
        change=Within("units is None or units > 0", "True"),
        tests=ORDER,
    ),
    Sabotage(
        what="UPNs that differ in case are two people.",
        at="tenantry.model.state:fold",
        change=Instead("lambda kind, key: key"),
        tests=("tests/documents/test_snapshot.py", "tests/documents/test_roster.py"),
    ),
    Sabotage(
        what="An entry counts after its last day.",
        at="tenantry.model.tenant:Entry.in_force",
        change=Within("(self.ends is None or day <= self.ends)", "True"),
        tests=DIFF,
    ),
    Sabotage(
        what="An entry counts before its first day.",
        at="tenantry.model.tenant:Entry.in_force",
        change=Within("(self.begins is None or self.begins <= day)", "True"),
        tests=DIFF,
    ),
    Sabotage(
        what="Whoever isn't listed loses everything where the section is only listed.",
        at="tenantry.planning.diff:_Work._unlisted",
        change=Within('self.tenant.managed[kind] == "all"', "True"),
        tests=DIFF,
    ),
    Sabotage(
        what="An entry that says nothing about licenses takes them away.",
        at="tenantry.planning.desired:person_licenses",
        change=Within("return None", "return NOTHING"),
        tests=DIFF,
    ),
    Sabotage(
        what="People are moved though it is in doubt who they are.",
        at="tenantry.planning.diff:_Work._listed",
        change=Within("if key in matching.doubtful:", "if False:"),
        tests=DIFF,
    ),
)
