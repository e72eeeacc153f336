"""Hostile YAML: what it is refused for and where, in little time, and never by a signal."""

import json
import re
import time
from pathlib import Path

import pytest
from tests.threats.threatened import ADA, CONTOSO, Workspace, command


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [lol, lol, lol]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, levels)]
    return "\n".join(lines)


TEXTS: dict[str, tuple[str | bytes, str, str]] = {
    "duplicate key": ("contract: {contingency: {companion: 10, companion: 9999}}", "duplicate-key", "2:41"),
    "quoted twin of a key": ('contract: {contingency: {companion: 10, "companion": 9999}}', "duplicate-key", "2:41"),
    "second users block": (f"users:\n  {ADA}: {{licenses: []}}\nusers: {{}}", "duplicate-key", "4:1"),
    "alias bomb": (bomb(9), "yaml-anchor", "2:5"),
    "merge bomb": ("x: {<<: [{a: b}, {c: d}]}", "merge-key", "2:5"),
    "recursive anchor": ("users: &a [*a]", "yaml-anchor", "2:8"),
    "python object": ("users: !!python/object/apply:os.system ['id']", "yaml-tag", "2:8"),
    "include": ("users: !include /etc/passwd", "yaml-tag", "2:8"),
    "binary": ("tenant: {name: !!binary aGFsbG8=}", "yaml-tag", "2:16"),
    "200,000 brackets": ("users: " + "[" * 200_000, "too-deep", "2:39"),
    "200,000 braces": ("users: " + "{a: " * 200_000, "too-deep", "2:132"),
    "no": ("tenant: {name: no}", "ambiguous-scalar", "2:16"),
    "on as a key": ("tenant: {labels: {on: x}}", "key-not-text", "2:19"),
    "22:22": (f"users: {{{ADA}: {{cost_center: 22:22}}}}", "ambiguous-scalar", "2:44"),
    "010": (f"users: {{{ADA}: {{cost_center: 010}}}}", "ambiguous-scalar", "2:44"),
    "1_000": ("contract: {contingency: {companion: 1_000}}", "ambiguous-scalar", "2:37"),
    "0x1F": ("contract: {contingency: {companion: 0x1F}}", "ambiguous-scalar", "2:37"),
    ".nan": ("contract: {contingency: {companion: .nan}}", "not-a-number", "2:37"),
    ".inf": ("contract: {contingency: {companion: .inf}}", "not-a-number", "2:37"),
    "1e400": ("contract: {contingency: {companion: 1e400}}", "ambiguous-scalar", "2:37"),
    "10.0": ("contract: {contingency: {companion: 10.0}}", "ambiguous-scalar", "2:37"),
    "true": ("contract: {contingency: {companion: true}}", "wrong-type", "2:37"),
    "-1": ("contract: {contingency: {companion: -1}}", "out-of-range", "2:37"),
    "10,000 digits": ("contract: {contingency: {companion: " + "9" * 10_000 + "}}", "integer-too-long", "2:37"),
    "3,613 hexadecimal digits": (
        "contract: {contingency: {companion: 0x" + "f" * 3613 + "}}",
        "ambiguous-scalar",
        "2:37",
    ),
    "UTF-16": ("version: 1\n".encode("utf-16"), "not-utf8", "1:1"),
    "bytes that are not UTF-8": (b"version: 1\ntenant: {name: Z\xfcrich}\n", "not-utf8", "2:17"),
    "a pointer of Git LFS": (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\n", "lfs-pointer", "1:1"),
    "BOM inside": ("tenant: {name: a\ufeffb}", "byte-order-mark", "2:17"),
    "NUL": ("tenant: {name: a\0b}", "control-character", "2:17"),
    "escape sequence": ("tenant: {name: a\x1b[2Jb}", "control-character", "2:17"),
    "escaped escape sequence": ('tenant: {name: "a\\e[2Jb"}', "control-character", "2:16"),
    "lone surrogate": ('tenant: {name: "\\ud800"}', "yaml-syntax", "2:19"),
    "encoded surrogate": (b"version: 1\ntenant: {name: \xed\xa0\x80}\n", "not-utf8", "2:16"),
    "Yes": ("tenant: {name: Yes}", "ambiguous-scalar", "2:16"),
    "y": ("tenant: {name: y}", "ambiguous-scalar", "2:16"),
    "tilde": ("tenant: {name: ~}", "null-value", "2:16"),
    "1e3": (f"users: {{{ADA}: {{cost_center: 1e3}}}}", "ambiguous-scalar", "2:44"),
    "number as a key": ("tenant: {labels: {1: a}}", "key-not-text", "2:19"),
    "true as a key": ("tenant: {labels: {true: a}}", "key-not-text", "2:19"),
    "list as a key": ("? [a]\n: b", "key-not-text", "2:3"),
    "map as a key": ("? {a: b}\n: c", "key-not-text", "2:3"),
    "100,000 anchors": ("users: " + "&a " * 100_000, "yaml-anchor", "2:8"),
    "100,000 aliases": ("x: [" + "*a," * 100_000 + "]", "yaml-alias", "2:5"),
    "2,000 levels in blocks": ("".join(f"{' ' * at}a:\n" for at in range(2000)), "too-deep", "34:33"),
    "a name of 10 megabytes": ("tenant: {name: " + "x" * 10_000_000 + "}", "bad-format", "2:16"),
    "Kelvin sign in a UPN": ("users: {\u212aay@contoso.example: {}}", "bad-format", "2:9"),
    "dotless i in a UPN": ("users: {al\u0131ce@contoso.example: {}}", "bad-format", "2:9"),
    "long s in a UPN": ("users: {ro\u017f@contoso.example: {}}", "bad-format", "2:9"),
    "wide letter in a UPN": ("users: {\uff41da@contoso.example: {}}", "bad-format", "2:9"),
    "combining accent in a UPN": ("users: {ada\u0301@contoso.example: {}}", "bad-format", "2:9"),
    "right-to-left override in a UPN": ("users: {a\u202eda@contoso.example: {}}", "bidirectional-character", "2:10"),
    "a license twice in an entry": (
        f"users: {{{ADA}: {{licenses: [companion, companion]}}}}", "listed-twice", "2:53"
    ),
    "right-to-left override": ("tenant: {name: a\u202eb}", "bidirectional-character", "2:17"),
    "two documents": ("---\nversion: 1", "several-documents", "2:1"),
    "directive": (b"%YAML 1.1\n---\nversion: 1\n", "yaml-directive", "1:1"),
    "Cyrillic letter in a UPN": ("users: {\u0430da@contoso.example: {}}", "bad-format", "2:9"),
    "zero-width space in a UPN": ("users: {a\u200bda@contoso.example: {}}", "bad-format", "2:9"),
    "UPNs that differ in case": ("users:\n  Alice@a.example: {}\n  alice@a.example: {}", "holder-twice", "4:3"),
    "misspelled license": (f"users: {{{ADA}: {{licenses: [compnion]}}}}", "unknown-license", "2:42"),
    "license in other case": (f"users: {{{ADA}: {{licenses: [Companion]}}}}", "unknown-license", "2:42"),
    "absolute path as a roster": ("rosters: [{file: /etc/passwd}]", "unreadable-roster", "2:18"),
    "path out of the workspace": ("rosters: [{file: ../../../../../../etc/passwd}]", "unreadable-roster", "2:18"),
    "path of another system as a roster": (r"rosters: [{file: 'C:\Windows\win.ini'}]", "unreadable-roster", "2:18"),
    "path of another machine as a roster": (r"rosters: [{file: '\\host\share\a.csv'}]", "unreadable-roster", "2:18"),
    "NUL in a path": ('rosters: [{file: "a\\0.csv"}]', "control-character", "2:18"),
    "a name too long for a file": (f"rosters: [{{file: {'x' * 1000}.csv}}]", "unreadable-roster", "2:18"),
    "a folder as a roster": ("rosters: [{file: .}]", "unreadable-roster", "2:18"),
}  # fmt: skip


@pytest.mark.parametrize("threat", TEXTS)
def test_a_hostile_text_is_refused_at_its_place(workspace: Workspace, threat: str) -> None:
    content, rule, place = TEXTS[threat]
    workspace.write(CONTOSO, f"version: 1\n{content}\n" if isinstance(content, str) else content)
    assert (rule, f"{CONTOSO}:{place}") in workspace.refused()
    assert workspace.run("plan").code == 1


@pytest.mark.parametrize("threat", ["no", "22:22", "010", "1_000", "0x1F"])
def test_an_ambiguous_value_is_to_be_quoted(workspace: Workspace, threat: str) -> None:
    workspace.write(CONTOSO, f"version: 1\n{TEXTS[threat][0]}\n")
    assert f'quote it ("{threat}")' in " ".join(workspace.run("validate").out.split())


LETTERS = {
    "Cyrillic letter in a UPN": "U+0430",
    "zero-width space in a UPN": "U+200B",
    "right-to-left override": "U+202E",
    "right-to-left override in a UPN": "U+202E",
    "Kelvin sign in a UPN": "U+212A",
    "dotless i in a UPN": "U+0131",
    "long s in a UPN": "U+017F",
    "wide letter in a UPN": "U+FF41",
    "combining accent in a UPN": "U+0301",
}


@pytest.mark.parametrize("threat", LETTERS)
def test_a_character_that_deceives_is_told_by_its_code_point(workspace: Workspace, threat: str) -> None:
    workspace.write(CONTOSO, f"version: 1\n{TEXTS[threat][0]}\n")
    out = workspace.run("validate").out
    assert LETTERS[threat] in out
    assert not re.search("[\u202e\u200b]", out)


@pytest.mark.parametrize("threat", ["misspelled license", "license in other case"])
def test_a_license_with_a_typo_is_told_with_the_nearest_name(workspace: Workspace, threat: str) -> None:
    workspace.write(CONTOSO, f"version: 1\n{TEXTS[threat][0]}\n")
    assert 'Did you mean "companion"?' in " ".join(workspace.run("validate").out.split())


@pytest.mark.parametrize("threat", ["duplicate key", "quoted twin of a key", "second users block"])
def test_of_a_key_that_stands_twice_both_places_are_told(workspace: Workspace, threat: str) -> None:
    workspace.write(CONTOSO, f"version: 1\n{TEXTS[threat][0]}\n")
    first, second = {"second users block": ("2:1", "4:1")}.get(threat, ("2:26", "2:41"))
    assert f"at {first} and at {second}" in " ".join(workspace.run("validate").out.split())


def test_a_second_block_of_users_revokes_nobody(workspace: Workspace) -> None:
    """Whoever lets the last of two blocks win takes from everybody in the first."""
    head = "version: 1\nmanage: {users: all}\ncontract: {contingency: {companion: 2}}\n"
    users = f"users: {{{ADA}: {{licenses: [companion]}}}}\n"
    workspace.write(CONTOSO, head + users)
    assert workspace.run("apply", "--auto-approve").code == 0
    held = workspace.run("export", "contoso").out
    workspace.write(CONTOSO, f"{head}{users}users: {{bob@contoso.example: {{licenses: [companion]}}}}\n")
    assert workspace.run("apply", "--auto-approve").code == 1
    assert workspace.run("export", "contoso").out == held


LINE_ENDS = {
    "a UPN": ('users: {"ada@contoso.example\\n": {}}', "bad-format", "2:9"),
    "a license": (f'users: {{{ADA}: {{licenses: ["companion\\n"]}}}}', "unknown-license", "2:42"),
    "an id": ('services: {"hot\\n": {}}', "bad-format", "2:12"),
    "a price": ('contract: {prices: {companion: "1.00\\n"}}', "bad-format", "2:32"),
    "a currency": ('contract: {currency: "CHF\\n"}', "bad-format", "2:22"),
    "a date": ('contract: {valid_until: "2099-12-31\\n"}', "bad-format", "2:25"),
    "an object id": (
        f'users: {{{ADA}: {{object_id: "{"0" * 8}-0000-0000-0000-{"0" * 12}\\n"}}}}',
        "bad-format",
        "2:42",
    ),
    "a time zone": ('tenant: {timezone: "UTC\\n"}', "bad-format", "2:20"),
    "a label": ('tenant: {labels: {"a\\n": x}}', "bad-format", "2:19"),
    "a former UPN": (f'users: {{{ADA}: {{previously: "bob@contoso.example\\n"}}}}', "bad-format", "2:43"),
    "a former tenant": ('tenant: {previously: "old\\n"}', "bad-format", "2:22"),
    "a profile": ('profiles: {"a\\n": {licenses: []}}', "bad-format", "2:12"),
    "a state": ('contract: {state: "active\\n"}', "unknown-name", "2:19"),
}
"""What a pattern that ends with $ would let pass: Python finds it before a line end, too."""


@pytest.mark.parametrize("what", LINE_ENDS)
def test_a_line_end_behind_a_word_is_not_overlooked(workspace: Workspace, what: str) -> None:
    content, rule, place = LINE_ENDS[what]
    workspace.write(CONTOSO, f"version: 1\n{content}\n")
    assert (rule, f"{CONTOSO}:{place}") in workspace.refused()


BOMBS = [
    *("alias bomb", "merge bomb", "recursive anchor", "python object", "200,000 brackets", "200,000 braces"),
    *("10,000 digits", "3,613 hexadecimal digits", "100,000 anchors", "100,000 aliases", "2,000 levels in blocks"),
]


@pytest.mark.parametrize("threat", BOMBS)
def test_a_bomb_is_refused_in_a_tenth_of_a_second(workspace: Workspace, threat: str) -> None:
    workspace.write(CONTOSO, f"version: 1\n{TEXTS[threat][0]}\n")
    workspace.run("validate", within=3)  # whatever is loaded late is loaded now
    taken = []
    for _ in range(3):
        begun = time.process_time()  # what others do on this machine at the same time doesn't count
        assert workspace.run("validate").code == 1
        taken.append(time.process_time() - begun)
    assert min(taken) < 0.1


def test_the_command_itself_tells_each_of_them_and_ends_without_a_signal(workspace: Workspace) -> None:
    """All hostile texts as the tenants of one workspace: none of them hides another, and none ends the process."""
    for at, (content, _, _) in enumerate(TEXTS.values()):
        text = f"version: 1\n{content}\n".encode() if isinstance(content, str) else content
        workspace.write(f"tenants/t{at}.yaml", text)
    for verb in ("validate", "plan"):
        said = command(workspace.root, verb, "--format", "json", timeout=120)
        assert said.code == 1
        told = {(item["rule"], item["file"]) for item in json.loads(said.out)["problems"]}
        assert {(rule, f"tenants/t{at}.yaml") for at, (_, rule, _) in enumerate(TEXTS.values())} <= told


@pytest.mark.parametrize("threat", ["alias bomb", "200,000 brackets", "200,000 braces", "lone surrogate"])
def test_the_command_itself_ends_without_a_signal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], threat: str
) -> None:
    workspace = Workspace(tmp_path, capsys)
    workspace.write(CONTOSO, f"version: 1\n{TEXTS[threat][0]}\n")
    said = command(workspace.root, "validate")
    assert said.code == 1
    assert TEXTS[threat][1] in {rule for rule, _ in said.problems}
