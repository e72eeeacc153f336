"""The rules that files alone break: one row each, and the one way to make a problem of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tenantry.model.plan import Finding
from tenantry.model.rule import Rule

_ROWS = (
    # id, why it is there, how to mend it
    ("not-utf8", "A file in another encoding would be read wrongly without a word.", "Save the file as UTF-8."),
    (
        "lfs-pointer",
        "The pointer of Git LFS says where a file is, and nothing of what stands in it.",
        "Fetch the file with `git lfs pull`; in a pipeline, check out with LFS.",
    ),
    ("file-too-large", "A file of this size is an accident or an attack.", "Split it: at most 64 MiB a file."),
    ("byte-order-mark", "A byte order mark inside a file is invisible text.", "Delete the invisible character U+FEFF."),
    (
        "control-character",
        "What cannot be seen cannot be reviewed, and a terminal may obey it.",
        "Delete the character.",
    ),
    (
        "bidirectional-character",
        "Characters that turn the direction of writing show a reviewer other text than the machine reads.",
        "Delete the character.",
    ),
    ("yaml-syntax", "Text that is not YAML says nothing.", "Mend the text at this place."),
    ("yaml-directive", "The files are YAML 1.2 data, in which directives change nothing for the better.", "Delete it."),
    ("yaml-anchor", "An anchor lets a few lines stand for millions.", "Delete it and write the value out."),
    ("yaml-alias", "An alias lets a few lines stand for millions.", "Write the value out here."),
    (
        "yaml-tag",
        "A tag asks the reader to make more than data of a text.",
        "Delete the tag; quote the text if need be.",
    ),
    ("merge-key", "A merge hides from a review what an entry holds.", "Write the merged keys out."),
    ("several-documents", "Of several documents in a file all but one would be overlooked.", "Use a file for each."),
    (
        "empty-document",
        "An empty file is more often an accident than a wish.",
        "Write `version: 1`, or delete the file.",
    ),
    (
        "duplicate-key",
        "If the last of two entries won, what the first one grants would be revoked without a word.",
        "Keep one of the two, or unite them.",
    ),
    ("key-not-text", "Entries are found by text.", "Quote the key."),
    ("null-value", "Absent, empty and null would be three words for two things.", "Write a value, or delete the key."),
    (
        "ambiguous-scalar",
        "YAML 1.1 and 1.2 read this text as different values, so that the writer and a tool may disagree.",
        "Quote it if it is text; write true, false or a plain whole number if it is not.",
    ),
    ("not-a-number", "Infinity and not-a-number count nothing.", "Write a whole number, or quote it if it is text."),
    ("decimal-number", "A binary fraction is not the number that was written.", "Write a whole number, or quote it."),
    ("integer-too-long", "No count of licenses has more than 18 digits.", "Write a smaller number, or quote it."),
    ("too-deep", "No file needs more than 32 levels; deeper nesting is an accident or an attack.", "Nest less deeply."),
    ("too-many-nodes", "A file with millions of values is an accident or an attack.", "Split it."),
    ("json-syntax", "Text that is not JSON says nothing.", "Mend the text at this place."),
    (
        "unknown-key",
        "A misspelled key would be passed over, and what it says would not happen.",
        "Delete it, or use a key that is known here; `tenantry schema` lists them.",
    ),
    ("unknown-license", "A license that the catalog doesn't know can't be counted.", "Use a license of the catalog."),
    ("unknown-name", "Only the names of the catalog and the format have a meaning.", "Use one of the known names."),
    (
        "wrong-holder",
        "A license can be held by one kind of holder only: a service, a user or a virtual user.",
        "Use a license that this kind of holder can have.",
    ),
    ("wrong-type", "A value of another type than is asked for is most likely a mistake.", "Write the type asked for."),
    ("wrong-value", "Any other value here has no meaning.", "Write the value that is asked for, or delete the key."),
    ("missing-key", "Without this key the entry can't be understood.", "Add the key."),
    ("missing-entry", "Something that is asked for and empty is most likely unfinished.", "Add an entry."),
    ("bad-format", "Text of this form can't be matched with anything.", "Write it in the form that is asked for."),
    ("out-of-range", "Nobody means a number or length beyond these limits.", "Stay within the limits."),
    ("listed-twice", "An entry that stands twice is most likely meant to be another one.", "Delete one of them."),
    (
        "absent-not-alone",
        "What no longer exists can't have anything: `absent: true` and another key contradict each other.",
        "Delete the other keys, or delete absent.",
    ),
    (
        "requires-circle",
        "Licenses that need each other in a circle could never be granted one after the other.",
        "Take one of them out of requires.",
    ),
    (
        "tiers-unclear",
        "A service has exactly one tier, so the tiers have an order and one of them is the default.",
        "Number the tiers from 0, each differently, and mark one of them as the default.",
    ),
    # what the files of a tenant say together
    ("wrong-extension", "Two endings for one kind of file end in two files for one tenant.", "Rename it to .yaml."),
    (
        "unread-file",
        "Somebody would believe that a file counts which nothing reads.",
        "Move it to where it is read, or out of tenants/.",
    ),
    (
        "unread-folder",
        "A tenant in a folder that nothing looks into would be overlooked.",
        "Mend its permissions, or move it into the workspace.",
    ),
    ("tenant-twice", "One of the two would be overlooked.", "Keep the file or the folder."),
    ("bad-tenant-id", "Ids stand in commands, patterns and file names.", "Rename the file or folder."),
    (
        "previously-exists",
        "Under an id that a tenant bears stands that tenant's own record, which nobody else may take over.",
        "Name the id that the tenant had before, or delete previously.",
    ),
    (
        "previously-twice",
        "A past has one heir: of two tenants the first that is applied would take it over.",
        "Leave previously to the one that was renamed.",
    ),
    (
        "beyond-catalog",
        "What the catalog doesn't know can't be counted or ordered, and would be held without anybody seeing it.",
        "Put it back into the catalog until nobody holds it any more.",
    ),
    ("unreadable-file", "What can't be read can't be judged.", "Mend the file or its permissions."),
    ("unreadable-roster", "Without its roster a tenant would lose everybody in it.", "Mend the path."),
    ("section-twice", "Of two contracts one would win without a word.", "Keep the key in one file of the tenant."),
    ("profile-twice", "Of two profiles of a name one would win without a word.", "Rename one of them."),
    ("unknown-profile", "A profile that isn't there gives nothing.", "Write the profile, or mend the name."),
    ("profile-circle", "A profile can't hold itself.", "Take one `extends` out of the circle."),
    ("holder-twice", "Of two entries for a holder one would win without a word.", "Unite the two."),
    ("license-and-without", "Nobody can tell which of the two is meant.", "Delete one of the two."),
    (
        "without-alone",
        "Something can only be left out of what profiles or licenses give.",
        "Add profiles or licenses, or delete without.",
    ),
    ("no-such-day", "A day that the calendar lacks never comes.", "Mend the date."),
    ("ends-before-it-begins", "An entry that ends before it begins never counts.", "Mend from or until."),
    ("labels-disagree", "A person has one name, one organization unit and one cost center.", "Make the entries agree."),
    ("identity-conflict", "One object id is one person.", "Pin the right object_id, or unite the entries."),
    (
        "unmanaged-section-written",
        "What is written but not managed would never happen, and `all` of nothing would revoke everything.",
        "Mend the section or manage.",
    ),
    ("unknown-timezone", "Days begin and end by the tenant's time zone.", "Write an IANA name such as Europe/Zurich."),
    # rosters
    ("csv-syntax", "Text that is not CSV says nothing.", "Save it as CSV again."),
    ("unknown-column", "A column that nobody reads looks as if it counted.", "Mend or delete the column."),
    ("column-twice", "Of two columns of a name one would win without a word.", "Delete one of the two."),
    ("missing-column", "Without this column nobody knows who or what is meant.", "Add the column."),
    ("extra-cell", "A cell too many shifts all others.", "Quote the cell that holds a comma or semicolon."),
    # what was observed
    ("bad-count", "Any other text here counts nothing.", "Write a whole number in digits alone, 1200 for example."),
    # the workspace
    (
        "password-in-file",
        "A password in git is known to everybody.",
        "Write `backend: env:NAME` and give the URL in the environment.",
    ),
    (
        "unknown-backend",
        "Without its ledger nobody knows what a tenant has.",
        "Write sqlite:///.tenantry/ledger.db, postgresql://role@host/database or env:NAME.",
    ),
    ("unknown-rule", "A rule that isn't there judges nothing.", "See `tenantry rules`."),
    ("fixed-rule", "Capacity, state, catalog and identity are not a matter of taste.", "Delete the line."),
    ("unwaivable-rule", "Capacity, state, catalog and identity can't be waived.", "Delete the waiver."),
    ("waiver-too-long", "A waiver that nobody looks at again is a hole.", "Set until at most 31 days ahead."),
    ("override-tie", "Which of two overrides wins must not depend on chance.", "Make one of the patterns more exact."),
    ("more-problems", "After fifty problems of a file the rest can wait.", "Mend those that are shown first."),
    ("wrong-tenant", "The state of one tenant says nothing of another.", "Give the tenant's own snapshot."),
)

PROBLEMS: Mapping[str, Rule] = {
    id_: Rule(id=id_, severity="error", why=why, mend=mend, of="problem") for id_, why, mend in _ROWS
}


SHOWN = 50
"""Problems of one file that are told; the rest is counted."""


def told(problems: Iterable[Finding]) -> tuple[Finding, ...]:
    """The problems in the order of files and places, the first of each file, and how many more there are."""
    files: dict[str, list[Finding]] = {}
    for found in sorted(problems, key=lambda found: (found.file or "", found.line or 0, found.column or 0)):
        files.setdefault(found.file or "", []).append(found)
    result: list[Finding] = []
    for file, found_there in files.items():
        result += found_there[:SHOWN]
        rest = len(found_there) - SHOWN
        if rest > 0:
            more = problem("more-problems", f"The file has {rest} more problems.", file=file)
            result.append(replace(more, count=rest, tenant=found_there[0].tenant))
    return tuple(result)


def problem(rule: str, message: str, *, file: str, line: int = 1, column: int = 1, hint: str = "") -> Finding:
    """A problem of a file at a place (both counted from 1); the hint defaults to what the rule says."""
    row = PROBLEMS[rule]
    return Finding(
        rule=rule, severity="error", message=message, hint=hint or row.mend, file=file, line=line, column=column
    )
