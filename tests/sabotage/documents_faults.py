"""Faults in what is read: YAML, JSON, snapshots, saved plans, backups, and what they may say."""

from sabotaging import Instead, Sabotage, Within

YAML = ("tests/documents/test_yaml.py",)
JSON = ("tests/documents/test_json.py",)
TENANT = ("tests/documents/test_tenant.py",)
WORKSPACE = ("tests/documents/test_workspace.py",)
BACKUP = ("tests/cli/test_backup.py",)

FAULTS = (
    Sabotage(
        what="Of a key that stands twice the last one wins.",
        at="tenantry.documents.building:_Builder._mapping",
        change=Within(" or len(data) != count", ""),
        tests=YAML,
    ),
    Sabotage(
        what="Of a section that stands twice the last one wins.",
        at="tenantry.documents.building:_Builder._top",
        change=Within("if key in data:", "if False:"),
        tests=("tests/threats/test_hostile_yaml.py::test_a_hostile_text_is_refused_at_its_place",),
    ),
    Sabotage(
        what="In JSON, of a key that stands twice the last one wins.",
        at="tenantry.documents.json:_Loader._object",
        change=Instead("lambda self, pairs: dict(pairs)"),
        tests=JSON,
    ),
    Sabotage(
        what="Anchors are allowed.",
        at="tenantry.documents.building:build",
        change=Within("_ANCHOR.search(content) or ", ""),
        tests=YAML,
    ),
    Sabotage(
        what="Tags are allowed.",
        at="tenantry.documents.building:build",
        change=Within(" or _TAG.search(content)", ""),
        tests=YAML,
    ),
    Sabotage(
        what="A document may be of any depth.",
        at="tenantry.documents.building:MAX_LEVELS",
        change=Within("32", "1_000"),
        tests=("tests/documents/test_yaml.py::test_a_defective_file_is_refused_with_the_place_of_its_first_defect",),
    ),
    Sabotage(
        what="Words that are read in more than one way are taken for text.",
        at="tenantry.documents.scalars:_fault",
        change=Within("_NUMBER_LIKE.fullmatch(text)", "False"),
        tests=YAML,
    ),
    Sabotage(
        what="Numbers of any length are read.",
        at="tenantry.documents.scalars:MAX_DIGITS",
        change=Within("18", "4_000"),
        tests=YAML,
    ),
    Sabotage(
        what="Characters that turn a text around may stand in a file.",
        at="tenantry.documents.text:FORBIDDEN",
        change=Within("{BIDIRECTIONAL}", ""),
        tests=YAML,
    ),
    Sabotage(
        what="Escapes may make characters that turn a text around.",
        at="tenantry.documents.text:FORBIDDEN_IN_VALUE",
        change=Within("{BIDIRECTIONAL}", ""),
        tests=YAML,
    ),
    Sabotage(
        what="A file is decoded however large it is.",
        at="tenantry.documents.text:decode",
        change=Within("if len(content) > limit:", "if False:"),
        tests=YAML,
    ),
    Sabotage(
        what="In JSON, NaN and fractions are numbers.",
        at="tenantry.documents.json:_Loader._refused",
        change=Within("self.doubt = True", "pass"),
        tests=JSON,
    ),
    Sabotage(
        what="`without` leaves nothing out.",
        at="tenantry.documents.claims:Claims._work_out",
        change=Within("gives.difference(without)", "gives"),
        tests=TENANT,
    ),
    Sabotage(
        what="A license may stand under licenses and under without.",
        at="tenantry.documents.claims:Claims._contradictions",
        change=Instead("lambda self, said: []"),
        tests=TENANT,
    ),
    Sabotage(
        what="The same holder may stand twice.",
        at="tenantry.documents.entries:Sections._section",
        change=Within(".setdefault(folded, (entry,))[0] is not entry", ".setdefault(folded, (entry,)) is None"),
        tests=TENANT,
    ),
    Sabotage(
        what="A password may stand in the workspace file.",
        at="tenantry.documents.workspace:_Reader.backend",
        change=Within("if _PASSWORD.search(url) or", "if False and"),
        tests=WORKSPACE,
    ),
    Sabotage(
        what="A waiver may last for years.",
        at="tenantry.documents.workspace:LONGEST_WAIVER",
        change=Within("days=31", "days=31_000"),
        tests=WORKSPACE,
    ),
    Sabotage(
        what="The workspace may waive what nobody can waive.",
        at="tenantry.documents.workspace:_Reader.check_rules",
        change=Within("not (rule.waivable or rule.adjustable)", "False"),
        tests=WORKSPACE,
    ),
    Sabotage(
        what="The digest of a saved plan is not looked at.",
        at="tenantry.documents.plan:unchanged",
        change=Instead("lambda document: None"),
        tests=("tests/threats/test_hostile_plans.py::test_a_plan_of_which_any_byte_was_changed_is_no_claim",),
    ),
    Sabotage(
        what="A saved plan may hold keys that nobody knows.",
        at="tenantry.documents.check:check",
        change=Within("if accepts(document, kind, catalog):", 'if kind == "plan" or accepts(document, kind, catalog):'),
        tests=("tests/threats/test_hostile_plans.py::test_a_key_that_was_added_anywhere_is_refused",),
    ),
    Sabotage(
        what="A snapshot may hold licenses that the catalog doesn't have.",
        at="tenantry.documents.check:check",
        change=Within(
            "if accepts(document, kind, catalog):", 'if kind == "snapshot" or accepts(document, kind, catalog):'
        ),
        tests=("tests/documents/test_snapshot.py",),
    ),
    Sabotage(
        what="A pattern of a schema lets a line end pass.",
        at="tenantry.documents.objections:_pattern",
        change=Within("re.fullmatch(pattern, instance)", "re.search(pattern, instance)"),
        tests=("tests/documents/test_schema.py",),
    ),
    Sabotage(
        what="The digest of a backup is not looked at.",
        at="tenantry.documents.backup:_Reading.tables",
        change=Within('"digest": self._seal.digest', '"digest": self._next.get("digest")'),
        tests=("tests/cli/test_backup.py::test_what_is_no_sound_backup_is_one_sentence_and_nothing_is_made",),
    ),
    Sabotage(
        what="Something may stand behind the end of a backup.",
        at="tenantry.documents.backup:_Reading.tables",
        change=Within("if next(self._lines, None) is not None:", "if False:"),
        tests=BACKUP,
    ),
    Sabotage(
        what="A backup of a newer version is read.",
        at="tenantry.documents.backup:_Reading.tables",
        change=Within('raise self._another(version, "newer" if version > self._version else "older")', "pass"),
        tests=("tests/cli/test_backup.py::test_what_is_no_sound_backup_is_one_sentence_and_nothing_is_made",),
    ),
)
