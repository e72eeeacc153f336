"""Faults in the ledger: what its database holds everybody to, its locks, its transactions, in both dialects."""

from sabotaging import Instead, Sabotage, Within

CLOSED_FOLDER = "tests/backends/test_unprivileged_readers.py"
READERS = ("tests/backends/test_readers.py",)
_TAKES, _GIVES = "self._each(_TAKE, taken)", "self._each(_GIVE, given)"

FAULTS = (
    Sabotage(
        what="The database lets more be assigned than the ceiling.",
        at="tenantry.backends.ledger.migrations:MIGRATIONS",
        change=Within("CHECK (assigned <= ceiling)", "CHECK (assigned >= 0)"),
        tests=("tests/backends/test_ledger.py::test_nobody_can_assign_more_than_the_ceiling",),
    ),
    Sabotage(
        what="SQLite doesn't count what is given.",
        at="tenantry.backends.ledger.triggers:SQLITE_1",
        change=Within("SET assigned = assigned + 1", "SET assigned = assigned"),
        tests=("tests/backends/test_ledger.py::test_nobody_can_assign_more_than_the_ceiling",),
    ),
    Sabotage(
        what="PostgreSQL doesn't count what is given.",
        at="tenantry.backends.ledger.triggers:POSTGRESQL_1",
        change=Within("known.assigned + excluded.assigned", "known.assigned"),
        tests=("tests/backends/test_ledger.py::test_nobody_can_assign_more_than_the_ceiling",),
    ),
    Sabotage(
        what="SQLite doesn't count what is taken.",
        at="tenantry.backends.ledger.triggers:SQLITE_1",
        change=Within("assigned = assigned - 1,", "assigned = assigned,"),
        tests=("tests/backends/test_ledger.py::test_within_a_step_units_are_taken_before_they_are_given",),
    ),
    Sabotage(
        what="PostgreSQL doesn't count what is taken.",
        at="tenantry.backends.ledger.triggers:POSTGRESQL_1",
        change=Within("assigned = assigned - units,", "assigned = assigned,"),
        tests=("tests/backends/test_ledger.py::test_within_a_step_units_are_taken_before_they_are_given",),
    ),
    Sabotage(
        what="In SQLite, what is over-allocated may grow again after it has shrunk.",
        at="tenantry.backends.ledger.triggers:SQLITE_1",
        change=Within("max(contingency, assigned - 1)", "ceiling"),
        tests=("tests/backends/test_ledger.py::test_what_is_over_allocated_may_shrink_and_never_grow",),
    ),
    Sabotage(
        what="In PostgreSQL, what is over-allocated may grow again after it has shrunk.",
        at="tenantry.backends.ledger.triggers:POSTGRESQL_1",
        change=Within("greatest(contingency, assigned - units)", "ceiling"),
        tests=("tests/backends/test_ledger.py::test_what_is_over_allocated_may_shrink_and_never_grow",),
    ),
    Sabotage(
        what="In SQLite, an assignment may count for another tenant than its holder's.",
        at="tenantry.backends.ledger.triggers:SQLITE_1",
        change=Within("NEW.tenant IS NOT (SELECT tenant FROM holders WHERE id = NEW.holder)", "0"),
        tests=("tests/backends/test_ledger.py::test_an_assignment_cannot_count_for_another_tenant_than_its_holders",),
    ),
    Sabotage(
        what="In PostgreSQL, an assignment may count for another tenant than its holder's.",
        at="tenantry.backends.ledger.triggers:POSTGRESQL_1",
        change=Within(
            "NEW.tenant IS DISTINCT FROM (SELECT tenant FROM tenantry.holders WHERE id = NEW.holder)", "false"
        ),
        tests=("tests/backends/test_ledger.py::test_an_assignment_cannot_count_for_another_tenant_than_its_holders",),
    ),
    Sabotage(
        what="In PostgreSQL, all assignments may be truncated at once, uncounted.",
        at="tenantry.backends.ledger.triggers:POSTGRESQL_1",
        change=Within(
            "EXECUTE FUNCTION tenantry.refuse('assignments are deleted",
            "WHEN (false) EXECUTE FUNCTION tenantry.refuse('assignments are deleted",
        ),
        tests=("tests/backends/test_postgresql.py::test_what_would_not_be_counted_is_refused",),
    ),
    *(
        Sabotage(
            what=f"In {dialect}, a holder may take what it has to another tenant.",
            at=f"tenantry.backends.ledger.triggers:{dialect.upper()}_1",
            change=Within("NEW.id <> OLD.id OR NEW.tenant <> OLD.tenant", "NEW.id <> OLD.id"),
            tests=("tests/backends/test_ledger.py::test_a_holder_stays_with_its_tenant_and_with_what_it_has",),
        )
        for dialect in ("SQLite", "PostgreSQL")
    ),
    Sabotage(
        what="In SQLite, a holder may be replaced past the count of what it has.",
        at="tenantry.backends.ledger.triggers:SQLITE_1",
        change=Within("EXISTS (SELECT 1 FROM holders WHERE id = NEW.id) OR EXISTS", "EXISTS"),
        tests=("tests/backends/test_sqlite.py::test_nothing_is_replaced_past_what_the_tables_count",),
    ),
    Sabotage(
        what="In SQLite, a revision may go back.",
        at="tenantry.backends.ledger.triggers:SQLITE_1",
        change=Within("NEW.revision < OLD.revision", "NEW.revision < 0"),
        tests=("tests/backends/test_ledger.py::test_a_revision_never_goes_back",),
    ),
    Sabotage(
        what="In PostgreSQL, a revision may go back.",
        at="tenantry.backends.ledger.triggers:POSTGRESQL_1",
        change=Within("WHEN (NEW.revision < OLD.revision)", "WHEN (NEW.revision < 0)"),
        tests=("tests/backends/test_ledger.py::test_a_revision_never_goes_back",),
    ),
    Sabotage(
        what="The revision doesn't grow with what counts.",
        at="tenantry.backends.ledger.writing:Writing.record",
        change=Within("self.revision + self.counts", "self.revision"),
        tests=("tests/backends/test_ledger.py::test_the_revision_grows_by_one_with_what_counts",),
    ),
    Sabotage(
        what="Whoever lost a lease may write under it.",
        at="tenantry.backends.ledger.locks:renew",
        change=Within("fence = ? AND owner IS NOT NULL", "fence >= ?"),
        tests=("tests/backends/test_ledger.py::test_a_lease_that_was_lost_cannot_write",),
    ),
    Sabotage(
        what="A lock is taken though somebody has it.",
        at="tenantry.backends.ledger.locks:take",
        change=Within("holder is not None and not (holder.expired or died)", "False"),
        tests=("tests/backends/test_ledger.py::test_a_lock_that_is_held_is_told_with_its_holder_and_not_taken",),
    ),
    Sabotage(
        what="A lease never runs out.",
        at="tenantry.backends.ledger.locks:held",
        change=Within("expires_at <= {now}", "expires_at < 0"),
        tests=("tests/backends/test_ledger.py::test_an_expired_lease_is_taken_over_and_told",),
    ),
    Sabotage(
        what="The lock of a dead process is not taken over.",
        at="tenantry.backends.ledger.locks:take",
        change=Within("not claimant.alive(holder.pid)", "False"),
        tests=("tests/backends/test_ledger.py::test_the_lock_of_a_dead_process_of_this_host_is_taken_over_at_once",),
    ),
    Sabotage(
        what="The lock of another host is judged by the processes of this one.",
        at="tenantry.backends.ledger.locks:take",
        change=Within("holder.host == claimant.host", "True"),
        tests=(
            "tests/backends/test_ledger.py::test_the_lock_of_another_host_is_not_judged_by_the_processes_of_this_one",
        ),
    ),
    Sabotage(
        what="A lock is never given back.",
        at="tenantry.backends.ledger.locks:free",
        change=Instead("lambda connection, lease: None"),
        tests=("tests/backends/test_ledger.py::test_a_lock_is_free_after_every_way_out",),
    ),
    Sabotage(
        what="An effect has no receipt.",
        at="tenantry.backends.ledger.runs:write",
        change=Within("enumerate(plan.changes)", "enumerate(())"),
        tests=(
            "tests/backends/test_ledger.py::test_a_run_is_told_with_all_that_it_carried_out",
            "tests/backends/test_ledger.py::test_an_effect_without_its_receipt_is_not_written",
        ),
    ),
    Sabotage(
        what="What was written before an error is kept.",
        at="tenantry.backends.ledger.database:transaction",
        change=Within("connection.roll_back()\n        raise", "connection.commit()\n        raise"),
        tests=("tests/backends/test_ledger.py::test_a_write_that_fails_in_the_middle_leaves_nothing",),
    ),
    Sabotage(
        what="A change that moves nothing is taken for done.",
        at="tenantry.backends.ledger.writing:Writing._hold_to",
        change=Within("if moved != wanted:", "if False:"),
        tests=("tests/backends/test_ledger.py::test_a_label_is_changed_only_from_what_it_was",),
    ),
    Sabotage(
        what="A contract sets no ceiling.",
        at="tenantry.backends.ledger.writing:Writing.note_contract",
        change=Within(":bought, :unlimited, :bought)", ":bought, :unlimited, NULL)"),
        tests=("tests/backends/test_ledger.py::test_nobody_can_assign_more_than_the_ceiling",),
    ),
    Sabotage(
        what="A contract that shrinks leaves the ceiling where it was.",
        at="tenantry.backends.ledger.writing:Writing.note_contract",
        change=Within(
            "THEN excluded.contingency ELSE counters.assigned END", "THEN counters.ceiling ELSE counters.ceiling END"
        ),
        tests=("tests/backends/test_ledger.py::test_what_is_over_allocated_may_shrink_and_never_grow",),
    ),
    Sabotage(
        what="After facts were recorded above the ceiling, nothing is limited any more.",
        at="tenantry.backends.ledger.writing:Writing.settle",
        change=Instead("lambda self: None"),
        tests=(
            "tests/backends/test_ledger.py::test_a_fact_above_the_ceiling_is_recorded_and_cannot_be_enlarged_afterwards",
        ),
    ),
    Sabotage(
        what="Within a step units are given before they are taken.",
        at="tenantry.backends.ledger.writing:Writing.carry_out",
        change=Within(f"{_TAKES}\n            {_GIVES}", f"{_GIVES}\n            {_TAKES}"),
        tests=("tests/backends/test_ledger.py::test_within_a_step_units_are_taken_before_they_are_given",),
    ),
    Sabotage(
        what="SQLite answers before a commit is on the disk.",
        at="tenantry.backends.ledger.sqlite:_prepare",
        change=Within("synchronous = FULL", "synchronous = OFF"),
        tests=("tests/backends/test_sqlite.py::test_the_file_says_what_it_is_and_is_written_with_care",),
    ),
    Sabotage(
        what="Functions in the schema of a file may run.",
        at="tenantry.backends.ledger.sqlite:_prepare",
        change=Within("trusted_schema = OFF", "trusted_schema = ON"),
        tests=("tests/backends/test_sqlite.py::test_the_file_says_what_it_is_and_is_written_with_care",),
    ),
    Sabotage(
        what="Rows may belong to nothing.",
        at="tenantry.backends.ledger.sqlite:_prepare",
        change=Within("foreign_keys = ON", "foreign_keys = OFF"),
        tests=("tests/backends/test_sqlite.py::test_the_file_says_what_it_is_and_is_written_with_care",),
    ),
    Sabotage(
        what="A file of a newer version is used.",
        at="tenantry.backends.ledger.sqlite:_refuse_foreign",
        change=Within("if number > len(MIGRATIONS):", "if False:"),
        tests=("tests/backends/test_sqlite.py::test_a_broken_file_is_one_sentence_and_stays_as_it_is",),
    ),
    Sabotage(
        what="A schema of a newer version is used.",
        at="tenantry.backends.ledger.postgresql:_refuse_foreign",
        change=Within("if number > len(MIGRATIONS):", "if False:"),
        tests=("tests/backends/test_postgresql_rights.py::test_tables_of_a_newer_tenantry_are_left_to_it",),
    ),
    Sabotage(
        what="A file of other people becomes a ledger.",
        at="tenantry.backends.ledger.sqlite:_refuse_foreign",
        change=Within("if application != APPLICATION_ID and not (empty and application == 0):", "if False:"),
        tests=("tests/backends/test_sqlite.py::test_a_broken_file_is_one_sentence_and_stays_as_it_is",),
    ),
    Sabotage(
        what="A schema of other people becomes a ledger.",
        at="tenantry.backends.ledger.postgresql:_refuse_foreign",
        change=Within("number == 0 and ", "number < 0 and "),
        tests=("tests/backends/test_postgresql_rights.py::test_what_others_keep_under_our_name_is_left_alone",),
    ),
    Sabotage(
        what="Whoever reads a file can write it.",
        at="tenantry.backends.ledger.sqlite:SqliteFile.connect",
        change=Instead("lambda self, *, write: original(self, write=True)"),
        tests=("tests/backends/test_sqlite.py::test_an_empty_file_is_a_ledger_without_anything_until_it_is_written",),
    ),
    Sabotage(
        what="Whoever reads in PostgreSQL can write.",
        at="tenantry.backends.ledger.postgresql:PostgresqlConnection.begin",
        change=Within('"" if write else " READ ONLY"', '""'),
        tests=READERS,
    ),
    Sabotage(
        what="A reader in PostgreSQL sees more than one moment.",
        at="tenantry.backends.ledger.postgresql:PostgresqlConnection.begin",
        change=Within('isolation: str = "REPEATABLE READ"', 'isolation: str = "READ COMMITTED"'),
        tests=READERS,
    ),
    Sabotage(
        what="A commit that PostgreSQL turned into a rollback is taken for done.",
        at="tenantry.backends.ledger.postgresql:PostgresqlConnection.commit",
        change=Within('if answer != "COMMIT":', "if False:"),
        tests=(
            "tests/backends/test_postgresql.py::test_a_commit_that_the_server_answers_with_a_rollback_is_not_taken_for_done",
        ),
    ),
    Sabotage(
        what="The password of a URL is seen.",
        at="tenantry.backends.ledger.addresses:visible",
        change=Instead("lambda url: original(url) and url"),
        tests=("tests/backends/test_addresses.py::test_of_a_url_people_see_where_it_leads_and_nothing_else",),
    ),
    Sabotage(
        what="The password of a URL stands in an error of the server.",
        at="tenantry.backends.ledger.postgresql:PostgresqlServer.told",
        change=Within("meaning(error, self.where)", "meaning(error, self.url)"),
        tests=(
            "tests/backends/test_addresses.py::test_a_server_that_cannot_be_used_is_one_sentence_without_a_password",
        ),
    ),
    Sabotage(
        what="A server elsewhere needs no certificate.",
        at="tenantry.backends.ledger.addresses:options",
        change=Within('"sslmode" not in told and _elsewhere(told)', "False"),
        tests=(
            "tests/backends/test_addresses.py::test_a_server_elsewhere_has_to_prove_by_the_roots_of_the_system_that_it_is_the_right_one",
        ),
    ),
    Sabotage(
        what="A collision is no reason to try again.",
        at="tenantry.backends.ledger.postgresql_errors:meaning",
        change=Within("errors.SerializationFailure | errors.DeadlockDetected", "errors.DiskFull"),
        tests=(
            "tests/backends/test_postgresql_together.py::test_rows_that_were_written_since_the_transaction_began_are_a_collision",
        ),
    ),
    Sabotage(
        what="A stamp of before the file was opened anew counts as one of now.",
        at="tenantry.backends.ledger.sqlite:SqliteConnection.stamp",
        change=Within("{self._opening}-", ""),
        tests=("tests/backends/test_ledger.py::test_a_stamp_of_before_a_ledger_was_opened_anew_is_never_that_of_now",),
    ),
    Sabotage(
        what="A copy is taken for sound though the file moved meanwhile.",
        at="tenantry.backends.ledger.sqlite:SqliteFile._copied",
        change=Within(
            "if not still():\n                return None\n            failing",
            "if False:\n                return None\n            failing",
        ),
        tests=(f"{CLOSED_FOLDER}::test_a_copy_of_what_did_not_stand_still_is_thrown_away",),
    ),
    Sabotage(
        what="Whoever may only read goes on reading the file that others write.",
        at="tenantry.backends.ledger.sqlite:SqliteFile._only_read",
        change=Within("self._copied(stands)", "self._opened('ro') if stands is None else self._copied(stands)"),
        tests=(f"{CLOSED_FOLDER}::test_whoever_makes_the_index_of_a_log_anew_keeps_nobody_from_reading",),
    ),
    Sabotage(
        what="A log that appears during a look isn't seen.",
        at="tenantry.cli.ledger_files:_stands",
        change=Within("not _has_log(file) and ", ""),
        tests=(f"{CLOSED_FOLDER}::test_while_somebody_looks_whoever_writes_leaves_his_log_by_which_it_is_seen",),
    ),
    Sabotage(
        what="Whoever looks at a file keeps nobody from taking its log away.",
        at="tenantry.cli.ledger_files:looks",
        change=Within("fcntl.lockf(opened, fcntl.LOCK_SH | fcntl.LOCK_NB, *_READERS)", "fcntl.LOCK_SH"),
        tests=(
            f"{CLOSED_FOLDER}::test_while_somebody_looks_whoever_writes_leaves_his_log_by_which_it_is_seen",
            f"{CLOSED_FOLDER}::test_whoever_keeps_readers_out_is_waited_for_and_told",
        ),
    ),
    Sabotage(
        what="Terms that nobody wrote are reckoned with.",
        at="tenantry.backends.ledger.reading:_terms",
        change=Within("if not (", "if False and not ("),
        tests=(
            "tests/backends/test_ledger.py::test_what_is_not_as_it_was_written_is_one_sentence_and_seen_by_a_checkup",
        ),
    ),
    Sabotage(
        what="A file is put in place of the ledger.",
        at="tenantry.cli.files:_spare_databases",
        change=Within('b"SQLite format 3\\0"', 'b"no such beginning"'),
        tests=("tests/cli/test_output.py::test_no_result_takes_the_place_of_a_ledger",),
    ),
    Sabotage(
        what="A ledger that holds something is filled.",
        at="tenantry.backends.ledger.ledger:Ledger.filled",
        change=Within("if not copying.empty(self._connection):", "if False:"),
        tests=("tests/cli/test_backup.py::test_a_ledger_that_holds_anything_is_left_alone",),
    ),
    Sabotage(
        what="A ledger that isn't sound is backed up.",
        at="tenantry.backends.ledger.ledger:Ledger.copied",
        change=Within("if wrong:", "if False:"),
        tests=("tests/cli/test_backup.py::test_a_ledger_that_is_not_sound_is_not_backed_up",),
    ),
    Sabotage(
        what="Counters that are wrong are not told.",
        at="tenantry.backends.ledger.checking:faults",
        change=Instead("lambda connection: []"),
        tests=("tests/backends/test_ledger.py::test_what_does_not_agree_is_told",),
    ),
)
