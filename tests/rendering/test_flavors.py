"""The Markdown of each forge: text from files stays text where GitHub, GitLab and Azure DevOps look for more."""

import re
from pathlib import Path

import pytest
from hostile_plans import REFERENCES, TEXTS, shaped
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_page import OURS, Page, read
from rendering_samples import CATALOG, PLAN, PROBLEM, QUIET, READY, REPORT, fleet, plan_set
from test_escape import HOSTILE
from test_report_pages import hostile

from tenantry.rendering.escape import visible
from tenantry.rendering.flavors import AZURE, FLAVORS, GITHUB, GITLAB, Flavor
from tenantry.rendering.formats import PLAN_FORMATS, REPORT_FORMATS
from tenantry.rendering.layout import Layout

GOLDEN = Path(__file__).parent / "golden"
ZERO_WIDTH = "\u200b"
LIVE = re.compile(
    r"""(?<!\w)[@#!~%&$^*](?=[\w<"(*`])   # mentions and references of all forges
    | \[[\w ]*:|\[\[|\]\]|\[[ xX]\]|[{\[][+-]  # [vulnerability:1], wiki links, boxes to tick, inline differences
    | :\w+:|https?:|www\.|\b[A-Z]{2,}-\d|\b[0-9a-f]{7,40}\b
    | ^\s*/\w""",
    re.VERBOSE | re.MULTILINE,
)
"""What a forge would bring to life outside code."""
NAMES = st.text(max_size=60) | st.sampled_from((*HOSTILE, *REFERENCES))
EACH = pytest.mark.parametrize("flavor", FLAVORS.values(), ids=FLAVORS)


def seen(page: Page) -> str:
    """The text of a page as a reader sees it."""
    return page.text.replace(ZERO_WIDTH, "")


def source_is_tame(markdown: str, flavor: Flavor) -> None:
    """Nothing in the source itself, which forges and agents look through as well, is a command or a reference."""
    assert not any(line.lstrip().startswith(("/", ":::")) for line in markdown.splitlines())
    assert "##vso[" not in markdown
    assert "##[" not in markdown
    if flavor is AZURE:
        body = markdown.partition("-->")[2] if markdown.startswith("<!--") else markdown
        assert not re.search(r"[#!]\d|@<|&#\d", body)
        assert not {"br", "details", "summary"} & set(read(markdown).tags)


@EACH
@pytest.mark.parametrize("text", [*HOSTILE, *REFERENCES])
def test_an_identifier_in_a_cell_and_in_a_line_is_read_as_it_was_written(flavor: Flavor, text: str) -> None:
    written = flavor.code(text)
    page = read(f"| a | b |\n| - | - |\n| {written} | x |\n\n{written}\n\n- {written}\n")
    assert [[cell.replace(ZERO_WIDTH, "") for cell in row] for row in page.tables[0]] == [
        ["a", "b"],
        [visible(text), "x"],
    ]
    assert set(page.tags) <= OURS
    assert seen(page).count(visible(text)) >= 3
    source_is_tame(written, flavor)


@EACH
@given(text=st.text(min_size=1, max_size=80) | st.text(alphabet="`|\\ a#1", min_size=1, max_size=12))
def test_any_identifier_in_a_cell_is_read_as_it_was_written(flavor: Flavor, text: str) -> None:
    page = read(f"| a | b |\n| - | - |\n| {flavor.code(text)} | x |\n")
    assert len(page.tables[0][1]) == 2
    # a cell is trimmed where no code begins or ends it, which is where a bar stands
    assert page.tables[0][1][0].replace(ZERO_WIDTH, "") == visible(text)
    assert set(page.tags) <= OURS


@EACH
@given(text=NAMES | st.lists(st.sampled_from((*HOSTILE, *REFERENCES)), max_size=6).map(" ".join))
def test_a_sentence_is_a_paragraph_with_its_words_and_nothing_in_it_comes_to_life(flavor: Flavor, text: str) -> None:
    page = read(f"{flavor.prose(text)}\n")
    assert seen(page).split() == visible(text).split()
    assert set(page.tags) <= {"p", "code"}
    assert not LIVE.search(page.bare)
    source_is_tame(flavor.prose(text), flavor)


@EACH
@pytest.mark.parametrize(
    "word",
    [
        *(
            "@org/all",
            "#123",
            "www.evil.example",
            "GH-12",
            ":smile:",
            "$x$",
            "/close",
            "!7",
            "deadbeef1",
            "a@b.example",
        ),
        *("~label", "%beta", "&3", "*iteration:1", "[vulnerability:1]", "[[wiki]]", "AB#12", "deadbeef"),
    ],
)
def test_a_word_that_a_forge_would_bring_to_life_stands_in_code(flavor: Flavor, word: str) -> None:
    page = read(flavor.prose(f"see {word}, please"))
    assert "code" in page.tags
    assert page.bare.split()[1].startswith("¤")
    plain = flavor.prose("see Contact Center User (inferred): 5,400.00 of 120 on 2026-11-24.")
    assert "code" not in read(plain).tags


def shown(plans: object, flavor: Flavor) -> str:
    """The page of plans."""
    return PLAN_FORMATS["markdown"](plans, CATALOG, Layout(flavor=flavor))  # type: ignore[arg-type]


TAME = {name: read(shown(shaped(["xa"]), flavor)) for name, flavor in FLAVORS.items()}
TAME_REPORT = {
    name: read(REPORT_FORMATS["markdown"](hostile("xa"), CATALOG, Layout(flavor=flavor)))
    for name, flavor in FLAVORS.items()
}


def alike(page: Page, tame: Page) -> None:
    """Two pages have the same structure."""
    assert [tag for tag in page.tags if tag != "code"] == [tag for tag in tame.tags if tag != "code"]
    assert [[len(row) for row in table] for table in page.tables] == [
        [len(row) for row in table] for table in tame.tables
    ]
    assert len(page.comments) == len(tame.comments)


@EACH
@settings(max_examples=40)
@given(texts=st.lists(TEXTS, min_size=1, max_size=30))
def test_no_text_from_a_file_changes_a_plan_or_comes_to_life_in_it(flavor: Flavor, texts: list[str]) -> None:
    markdown = shown(shaped(texts), flavor)
    alike(read(markdown), TAME[flavor.name])
    assert not LIVE.search(read(markdown).bare)
    source_is_tame(markdown, flavor)


@EACH
@settings(max_examples=40)
@given(name=TEXTS)
def test_no_text_from_a_file_changes_a_report_or_comes_to_life_in_it(flavor: Flavor, name: str) -> None:
    markdown = REPORT_FORMATS["markdown"](hostile(name), CATALOG, Layout(flavor=flavor))
    alike(read(markdown), TAME_REPORT[flavor.name])
    assert not LIVE.search(read(markdown).bare)
    source_is_tame(markdown, flavor)


@EACH
def test_every_flavor_says_the_same(flavor: Flavor) -> None:
    plans = plan_set(PLAN, READY if READY.tenant != PLAN.tenant else QUIET, problems=[PROBLEM])
    for markdown, reference in (
        (shown(plans, flavor), shown(plans, GITHUB)),
        *(
            (
                REPORT_FORMATS["markdown"](report, CATALOG, Layout(flavor=flavor)),
                REPORT_FORMATS["markdown"](report, CATALOG, Layout()),
            )
            for report in (REPORT, fleet(3))
        ),
    ):
        page, same = read(markdown), read(reference)
        assert page.tables == same.tables
        words = seen(page).replace(" · ", "")
        assert "".join(words.split()) == "".join(same.text.split())


def test_a_rejected_plan_reads_as_agreed_at_each_forge() -> None:
    assert shown(plan_set(PLAN), GITLAB) == (GOLDEN / "rejected.md").read_text(encoding="utf-8")
    assert shown(plan_set(PLAN), AZURE) == (GOLDEN / "rejected.azure.md").read_text(encoding="utf-8")
    assert REPORT_FORMATS["markdown"](REPORT, CATALOG, Layout(flavor=AZURE)) == (GOLDEN / "report.azure.md").read_text(
        encoding="utf-8"
    )


@EACH
def test_the_first_line_is_the_marker_with_the_effect(flavor: Flavor) -> None:
    assert shown(plan_set(PLAN), flavor).splitlines()[0] == f"<!-- tenantry:plan effect=sha256:{'c' * 64} -->"


def test_azure_gets_headings_and_lists_instead_of_html() -> None:
    markdown = shown(plan_set(PLAN), AZURE)
    assert "<" not in markdown.partition("-->")[2]
    assert "### What changes: 3 to grant" in markdown
    assert "\n  - Hint: a reviewer of contracts approves this" in markdown
