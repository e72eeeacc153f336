"""The page of rules: every rule has its row, and no catalog can break a table by the words of its advice."""

from markdown_it import MarkdownIt

from tenantry.documents.catalog import builtin
from tenantry.engine.rules import all_rules
from tenantry.model.rule import Rule
from tenantry.rendering.rules_markdown import rules_markdown


def cells(page: str) -> list[str]:
    return [token.content for token in MarkdownIt("gfm-like", {"linkify": False}).parse(page) if token.type == "inline"]


def test_every_rule_has_a_row() -> None:
    known = all_rules(builtin("nimbus"))
    assert {f"`{rule}`" for rule in known} <= set(cells(rules_markdown(tuple(known.values()))))


def test_what_stands_between_backticks_is_code() -> None:
    rule = Rule(id="some-rule", severity="error", why="See `tenantry rules` first.", mend="Say `all`.", of="problem")
    assert "| See <code>tenantry rules</code> first. | Say <code>all</code>&#46; |" in rules_markdown((rule,))


def test_words_of_a_catalog_break_no_table() -> None:
    hostile = "a | b\n| c | <b>d</b> `e | @f ``"
    rule = Rule(id="some-rule", severity="warning", why=hostile, mend=hostile)
    rows = [line for line in rules_markdown((rule,)).splitlines() if line.startswith("| `")]
    assert [line.count("|") for line in rows] == [6]
    assert "<b>" not in rows[0]
    assert "@f" not in rows[0]
