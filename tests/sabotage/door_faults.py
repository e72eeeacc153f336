"""Faults at the door: files, signals, exit codes, and text on its way to whoever reads it."""

from sabotaging import Instead, Sabotage, Within

FILES = ("tests/threats/test_hostile_files.py",)

FAULTS = (
    Sabotage(
        # proves that processes which tests start run the copy too
        what="The command itself does nothing and leaves with 77.",
        at="tenantry.cli.door:run",
        change=Instead("lambda args=None: 77"),
        tests=("tests/test_exit_codes.py::test_0_is_done",),
    ),
    Sabotage(
        what="A link is followed out of the workspace.",
        at="tenantry.cli.files:WorkspaceFiles.read",
        change=Within("if not target.is_relative_to(root):", "if False:"),
        tests=(
            "tests/threats/test_hostile_files.py::test_the_content_behind_a_link_that_leaves_the_workspace_is_never_shown",
        ),
    ),
    Sabotage(
        what="A folder outside of the workspace is looked into.",
        at="tenantry.cli.files:WorkspaceFiles._inside",
        change=Within("if folder.is_symlink() and not folder.resolve()", "if False and not folder.resolve()"),
        tests=FILES,
    ),
    Sabotage(
        what="What is no regular file is read.",
        at="tenantry.cli.files:_opened",
        change=Within("if not stat.S_ISREG(os.fstat(descriptor).st_mode):", "if False:"),
        tests=("tests/threats/test_hostile_files.py::test_what_is_not_a_regular_file_is_told_and_not_waited_for",),
    ),
    Sabotage(
        what="A file is read however large it is.",
        at="tenantry.cli.files:_content",
        change=Within("if size > limit:", "if False:"),
        tests=("tests/threats/test_hostile_files.py::test_a_hundred_megabytes_are_refused_unread",),
    ),
    Sabotage(
        what="A backup can be read by everybody.",
        at="tenantry.cli.files:_put",
        change=Within("if not private:", "if True:"),
        tests=("tests/cli/test_backup.py::test_a_backup_can_be_read_by_its_owner_alone_whatever_the_umask",),
    ),
    Sabotage(
        what="A ledger can be read by everybody.",
        at="tenantry.cli.ledgers:_make_file",
        change=Within('O_CLOEXEC", 0), 0o600', 'O_CLOEXEC", 0), 0o644'),
        tests=("tests/cli/test_apply.py::test_the_ledger_is_its_owner_s_alone",),
    ),
    Sabotage(
        what="What stands in the place of a URL is shown.",
        at="tenantry.cli.ledgers:Place.locate",
        change=Within('else "a kind"', 'else f"the kind {url}"'),
        tests=("tests/cli/test_apply.py::test_what_stands_in_the_place_of_a_url_is_never_shown",),
    ),
    Sabotage(
        what="A runner that is thrown away makes itself a ledger.",
        at="tenantry.cli.acting:writable_ledger",
        change=Within("if in_ci() and not create:", "if False:"),
        tests=("tests/cli/test_apply.py::test_in_ci_no_ledger_is_made_unasked",),
    ),
    Sabotage(
        what="Approval may come from the environment.",
        at="tenantry.cli.door:LateGroup.get_command",
        change=Within(
            "isinstance(option, click.Option) and option.allow_from_autoenv", "isinstance(option, click.Option)"
        ),
        tests=("tests/cli/test_apply.py::test_approval_and_waivers_do_not_come_from_the_environment",),
    ),
    Sabotage(
        what="Without anybody to ask, the answer is yes.",
        at="tenantry.cli.apply:command",
        change=Within("asks = file is None and not auto_approve", "asks = False"),
        tests=("tests/cli/test_apply.py::test_without_somebody_to_ask_it_is_a_usage_error",),
    ),
    Sabotage(
        what="Signals are not heeded.",
        at="tenantry.cli.acting:Interruption._note",
        change=Instead("lambda self, number, frame: None"),
        tests=(
            "tests/cli/test_apply.py::test_an_interruption_after_the_lock_was_taken_writes_nothing_and_gives_it_back",
        ),
    ),
    Sabotage(
        what="SIGTERM tears apart what is in flight.",
        at="tenantry.cli.acting:Interruption.__enter__",
        change=Within("in ENDING:", "in ENDING[:1]:"),
        tests=("tests/cli/test_apply.py::test_an_interruption_while_waiting_writes_nothing_and_says_so",),
    ),
    Sabotage(
        what="Of many tenants the best exit code wins.",
        at="tenantry.cli.exits:worst",
        change=Within("min(codes", "max(codes"),
        tests=("tests/test_exit_codes.py",),
    ),
    Sabotage(
        what="A rejected plan leaves with 0.",
        at="tenantry.cli.exits:of_plans",
        change=Within('if "rejected" in verdicts:', "if False:"),
        tests=("tests/test_exit_codes.py",),
    ),
    Sabotage(
        what="The file behind a descriptor of the caller is replaced.",
        at="tenantry.cli.streams:_named",
        change=Instead("lambda path: original(path) and None"),
        tests=("tests/cli/test_streams.py::test_the_file_behind_a_stream_keeps_what_is_in_it_and_what_comes_later",),
    ),
    Sabotage(
        what="A descriptor that the command opened itself is written to.",
        at="tenantry.cli.streams:_is_given",
        change=Within("os.get_inheritable(descriptor)", "os.fstat(descriptor) is not None"),
        tests=("tests/cli/test_streams.py::test_what_the_command_opened_itself_is_no_stream_of_the_caller_s",),
    ),
    Sabotage(
        what="What a signal cut short is not written on.",
        at="tenantry.cli.streams:pour",
        change=Within("while rest:", "if rest:"),
        tests=("tests/cli/test_streams.py::test_what_a_system_takes_a_bit_at_a_time_is_written_whole",),
    ),
    Sabotage(
        what="Names are printed to a terminal as they are.",
        at="tenantry.rendering.escape:visible",
        change=Instead("lambda text: text"),
        tests=("tests/rendering/test_escape.py",),
    ),
    Sabotage(
        what="A name may be a command of a pipeline.",
        at="tenantry.rendering.escape:plain",
        change=Instead("lambda text: visible(text)"),
        tests=("tests/rendering/test_escape.py",),
    ),
    Sabotage(
        what="A name may be a tag of a page.",
        at="tenantry.rendering.templating:templates",
        change=Within("autoescape=True", "autoescape=False"),
        tests=("tests/rendering/test_plan_html.py",),
    ),
    Sabotage(
        what="A name may be Markdown.",
        at="tenantry.rendering.flavors:_entity",
        change=Instead("lambda char: char"),
        tests=("tests/rendering/test_plan_markdown.py",),
    ),
    Sabotage(
        what="A name may be a formula of a spreadsheet.",
        at="tenantry.rendering.report_csv:harmless",
        change=Instead("lambda text: visible(text)"),
        tests=("tests/rendering/test_report_csv.py::test_every_text_comes_out_in_its_cell_and_none_is_a_formula",),
    ),
)
