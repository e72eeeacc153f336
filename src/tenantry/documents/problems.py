"""The rules that files alone break: one row each, and the one way to make a problem of it."""

from collections.abc import Mapping

from tenantry.model.plan import Finding
from tenantry.model.rule import Rule

_ROWS = (
    # id, why it is there, how to mend it
    ("not-utf8", "A file in another encoding would be read wrongly without a word.", "Save the file as UTF-8."),
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
)

PROBLEMS: Mapping[str, Rule] = {
    id_: Rule(id=id_, severity="error", why=why, mend=mend, of="problem") for id_, why, mend in _ROWS
}


def problem(rule: str, message: str, *, file: str, line: int = 1, column: int = 1, hint: str = "") -> Finding:
    """A problem of a file at a place (both counted from 1); the hint defaults to what the rule says."""
    row = PROBLEMS[rule]
    return Finding(
        rule=rule, severity="error", message=message, hint=hint or row.mend, file=file, line=line, column=column
    )
