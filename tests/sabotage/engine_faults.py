"""Faults in the order of deeds: what makes a plan stale, what is never applied, what is told of it."""

from sabotaging import Instead, Sabotage, Within

STALE = "tenantry.engine.stale:staleness"
OTHER_WORLD = "tenantry.engine.stale:_other_world"

FAULTS = (
    Sabotage(
        what="No plan is stale.",
        at=STALE,
        change=Instead("lambda *_, **__: ()"),
        tests=("tests/cli/test_apply.py::test_files_that_moved_make_a_plan_stale_and_are_named",),
    ),
    Sabotage(
        what="A plan is applied though the files ask for something else.",
        at=STALE,
        change=Within("if claimed.goal != now.goal:", "if False:"),
        tests=(
            "tests/cli/test_apply.py::test_files_that_ask_for_something_else_make_a_plan_stale_though_its_changes_are_the_same",
        ),
    ),
    Sabotage(
        what="A plan is applied though state or contract moved.",
        at=STALE,
        change=Within("if claimed.basis != now.basis:", "if False:"),
        tests=("tests/cli/test_apply.py::test_a_contract_that_shrank_makes_a_plan_stale_and_is_named",),
    ),
    Sabotage(
        what="A plan is applied though the ledger moved to and fro.",
        at=STALE,
        change=Within("if claimed.revision != now.revision:", "if False:"),
        tests=("tests/cli/test_apply.py::test_what_was_shown_is_not_applied_to_a_ledger_that_moved_before_the_answer",),
    ),
    Sabotage(
        what="A plan is applied though its changes don't follow from anything.",
        at=STALE,
        change=Within(
            "if (claimed.execution, claimed.changes, claimed.updates) != (now.execution, now.changes, now.updates):",
            "if False:",
        ),
        tests=("tests/cli/test_apply.py::test_a_plan_that_is_not_what_was_saved_is_refused",),
    ),
    Sabotage(
        what="A plan of another ledger is applied.",
        at=OTHER_WORLD,
        change=Within("claimed.lineage != judged.plan.lineage", "False"),
        tests=("tests/cli/test_apply.py::test_a_plan_of_another_ledger_is_stale",),
    ),
    Sabotage(
        what="A plan for a day ahead is applied.",
        at=OTHER_WORLD,
        change=Within("claimed.as_of > today", "False"),
        tests=("tests/cli/test_apply.py::test_a_plan_for_a_day_ahead_is_stale",),
    ),
    Sabotage(
        what="A plan on a snapshot is applied.",
        at=OTHER_WORLD,
        change=Within('claimed.backend == "snapshot"', "False"),
        tests=("tests/cli/test_apply.py::test_a_plan_on_a_snapshot_is_never_applied",),
    ),
    Sabotage(
        what="A plan under suppositions is applied.",
        at=OTHER_WORLD,
        change=Within("(supposed, ", "(False, "),
        tests=("tests/cli/test_apply.py::test_a_supposition_is_never_applied",),
    ),
    Sabotage(
        what="A plan of any age is applied, whatever --max-age says.",
        at="tenantry.engine.stale:_outlived",
        change=Instead("lambda *_: None"),
        tests=("tests/cli/test_max_age.py::test_a_plan_that_is_older_is_stale_and_its_age_is_told",),
    ),
    Sabotage(
        what="What was judged before the transaction is written though somebody wrote since.",
        at="tenantry.engine.apply:_Apply._still",
        change=Instead("lambda self, plan, judged: judged"),
        tests=("tests/cli/test_apply.py::test_what_is_written_while_a_plan_is_judged_is_not_overlooked",),
    ),
    Sabotage(
        what="Nobody looks whether a plan was applied already.",
        at="tenantry.engine.apply:_Apply._already",
        change=Instead("lambda self, plan: None"),
        tests=("tests/cli/test_apply.py::test_a_saved_plan_is_applied_exactly_and_once",),
    ),
    Sabotage(
        what="A tenant on hold is applied.",
        at="tenantry.engine.apply:_Apply._refused_at_sight",
        change=Within("if hold is not None:", "if False:"),
        tests=("tests/cli/test_apply.py::test_a_tenant_on_hold_is_left_alone_and_is_not_in_the_exit_code",),
    ),
    Sabotage(
        what="A rejected plan is applied.",
        at="tenantry.engine.apply:_Apply._unapplicable",
        change=Within('if plan.verdict == "rejected":', "if False:"),
        tests=("tests/cli/test_apply.py::test_more_than_was_bought_is_rejected_and_shown_in_full",),
    ),
    Sabotage(
        what="What people carry out is recorded as done.",
        at="tenantry.engine.apply:_Apply._unapplicable",
        change=Within('plan.execution == "portal"', "False"),
        tests=("tests/cli/test_apply.py::test_what_people_carry_out_is_not_recorded_as_done",),
    ),
    Sabotage(
        what="A saved plan is not judged again.",
        at="tenantry.engine.apply:_Apply._refused",
        change=Within("rejected = self._unapplicable(judged.plan)", "rejected = None"),
        tests=("tests/cli/test_apply.py::test_a_waiver_of_the_plan_is_needed_again_at_apply",),
    ),
    Sabotage(
        what="The terms that were applied are not remembered.",
        at="tenantry.engine.apply:_Apply._write",
        change=Within("writing.remember(terms_of(asked.tenant, asked.catalog, asked.policy))", "pass"),
        tests=("tests/cli/test_apply_memory.py::test_terms_that_move_are_told_until_they_are_applied",),
    ),
    Sabotage(
        what="--checksum is ignored.",
        at="tenantry.engine.checksum:refusal",
        change=Instead("lambda plans, checksum: None"),
        tests=("tests/cli/test_checksum.py::test_a_plan_with_another_effect_is_shown_and_saved_in_full_and_refused",),
    ),
    Sabotage(
        what="--checksum believes the effect that a file claims.",
        at="tenantry.engine.checksum:_seen_through",
        change=Instead("lambda plan: plan"),
        tests=("tests/cli/test_checksum.py::test_a_file_that_claims_the_reviewed_effect_for_other_changes_is_refused",),
    ),
    Sabotage(
        what="A plan with the reviewed effect is applied though it is judged otherwise now.",
        at="tenantry.engine.apply:_Apply._refused",
        change=Within("self._acting.exact and", "False and"),
        tests=("tests/cli/test_checksum.py::test_a_guard_that_was_loosened_after_the_review_is_another_verdict",),
    ),
    Sabotage(
        what="After a failure at the commit nobody looks whether it was written.",
        at="tenantry.engine.apply:_Apply._looked_up",
        change=Instead('lambda self, plan, outcome, error, lease: _outcome(plan, "failed", "nothing was written")'),
        tests=("tests/test_cut_connections.py::test_a_commit_whose_answer_reached_nobody_is_found_by_a_new_look",),
    ),
    Sabotage(
        what="An unknown outcome is told as a failure.",
        at="tenantry.engine.apply:_Apply._looked_up",
        change=Within('_outcome(plan, "unknown", message, not_applied=0)', '_outcome(plan, "failed", message)'),
        tests=("tests/test_exit_codes.py::test_5_is_an_outcome_that_nobody_knows",),
    ),
    Sabotage(
        what="After a lost connection nobody waits for what it had begun.",
        at="tenantry.engine.commits:took_place",
        change=Within("if not lost:", "if True:"),
        tests=("tests/test_cut_connections.py::test_a_commit_that_is_still_being_carried_out_is_waited_for",),
    ),
    Sabotage(
        what="Collisions are not tried again.",
        at="tenantry.engine.patience:patiently",
        change=Within("if collisions > COLLISIONS:", "if True:"),
        tests=(
            "tests/backends/test_postgresql_together.py::test_apply_goes_on_where_what_was_written_meanwhile_is_nothing_that_was_judged",
        ),
    ),
    Sabotage(
        what="Collisions are tried again for ever.",
        at="tenantry.engine.patience:patiently",
        change=Within("if collisions > COLLISIONS:", "if collisions > 10_000:"),
        tests=("tests/backends/test_postgresql_together.py::test_where_somebody_else_is_always_first_it_is_given_up",),
    ),
    Sabotage(
        what="A database that is busy is not waited for.",
        at="tenantry.engine.patience:patiently",
        change=Within('if not wait(f"waiting: {error}"):', "if True:"),
        tests=("tests/cli/test_apply.py::test_the_lock_of_the_whole_database_is_waited_for_as_well",),
    ),
    Sabotage(
        what="An observation above the ceiling leaves nothing limited.",
        at="tenantry.engine.recording:Recording._write",
        change=Within("writing.settle()", "pass"),
        tests=("tests/cli/test_observe.py::test_what_was_bought_still_limits_every_writer_after_a_snapshot_alone",),
    ),
    Sabotage(
        what="A snapshot that lacks nearly everybody becomes current.",
        at="tenantry.engine.recording:Recording._judged",
        change=Within("(self._reject if rejects else self._write)", "self._write"),
        tests=(
            "tests/cli/test_observe.py::test_a_snapshot_that_lacks_most_is_kept_and_nothing_of_the_call_becomes_current",
        ),
    ),
    Sabotage(
        what="A rejected observation takes the record of a former id over.",
        at="tenantry.engine.recording:Recording._reject",
        change=Within("writing.give_back()", "pass"),
        tests=("tests/cli/test_observed_heirs.py::test_a_rejected_observation_leaves_the_record_under_its_former_id",),
    ),
    Sabotage(
        what="The run of another process is taken for one that failed at the commit.",
        at="tenantry.engine.commits:_is_there",
        change=Within(" and found[0].at == at", ""),
        tests=(
            "tests/cli/test_observe.py::test_the_run_of_another_process_is_not_taken_for_one_that_failed_at_the_commit",
        ),
    ),
    Sabotage(
        what="What was restored is not compared with the backup.",
        at="tenantry.engine.backup:_fill",
        change=Within("if again.digest != seal.digest:", "if False:"),
        tests=("tests/cli/test_backup.py::test_what_is_no_sound_backup_is_one_sentence_and_nothing_is_made",),
    ),
    Sabotage(
        what="Nobody asks whether what a backup holds is sound.",
        at="tenantry.engine.backup:checked",
        change=Within("wrong = trial.faults()", "wrong = []"),
        tests=("tests/cli/test_backup.py::test_what_is_no_sound_backup_is_one_sentence_and_nothing_is_made",),
    ),
    Sabotage(
        what="A commit of a restore whose answer was lost is told as a failure.",
        at="tenantry.engine.backup:restore",
        change=Within("seal = _looked_up(ledger)", "raise"),
        tests=("tests/cli/test_backup.py::test_a_commit_whose_answer_was_lost_is_looked_up",),
    ),
    Sabotage(
        what="A checkup doesn't ask whether tenants and runs can be read.",
        at="tenantry.backends.ledger.checking:faults",
        change=Within("[*found, *_unreadable(connection, database)]", "found"),
        tests=(
            "tests/backends/test_ledger.py::test_what_is_not_as_it_was_written_is_one_sentence_and_seen_by_a_checkup",
        ),
    ),
)
