"""Charts: drawn to the number, labelled within their bounds, and told to those who don't see them."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_escape import HOSTILE

from tenantry.model.plan import Contingency
from tenantry.rendering.charts import (
    NARROWEST,
    Chart,
    Course,
    CoursePoint,
    MoveBar,
    UseBar,
    course_chart,
    course_charts,
    inline,
    move_chart,
    small_bar,
    tone,
    use_chart,
)
from tenantry.rendering.escape import visible
from tenantry.rendering.lettering import drawn_cut, drawn_width
from tenantry.rendering.pictures import picture

LABELS = (*HOSTILE, "W" * 80, "漢" * 80, "e\u0301" * 90, "👩\u200d🚒" * 30)
"""Names that are hard to draw within bounds."""
NAMES = st.text(max_size=60) | st.sampled_from(LABELS)
SIZES = {"cl": (14, True), "cn": (12, True), "cs": (12, False)}
SVG = "{http://www.w3.org/2000/svg}"


def use(label: str = "Companion", used: int = 7, bought: Contingency = 10, status: str = "3 left") -> UseBar:
    return UseBar(label=label, used=used, bought=bought, figures=f"{used} of {bought} assigned", status=status)


def move(label: str, before: int, after: int, bought: Contingency) -> MoveBar:
    return MoveBar(label=label, before=before, after=after, bought=bought, figures=f"{before} → {after}", status="ok")


def course(*points: tuple[int, int, Contingency], label: str = "Companion") -> Course:
    made = tuple(CoursePoint(*point) for point in points)
    return Course(label=label, points=made, first="2026-01-01", last="2026-11-24", told="74 → 118 of 120")


def parsed(chart: Chart) -> ElementTree.Element:
    """The chart as a page holds it, read as XML."""
    return ElementTree.fromstring(str(inline(chart, "k")).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1))  # noqa: S314 - of ours


def places(chart: Chart, name: str) -> list[str]:
    return [str(node.get("points") or node.get("d")) for node in parsed(chart).iter() if node.get("class") == name]


def drawn(bars: ElementTree.Element) -> list[tuple[str | None, str | None]]:
    """Class and width of each bar, without the ground behind it."""
    found = [(node.get("class"), node.get("width")) for node in bars.iter(f"{SVG}rect")]
    return [bar for bar in found if bar[0] not in {"ct", "co"}]


def test_a_bar_is_as_long_as_its_share_and_an_overrun_shows_where_the_contract_ends() -> None:
    bars = parsed(use_chart([use(), use(used=125, bought=100), use(used=0), use(bought="unlimited")], "Use"))
    widths = drawn(bars)
    assert widths == [("c-fine", "70%"), ("c-over", "100%")]
    assert [node.get("x1") for node in bars.iter(f"{SVG}line")] == ["80%"]


def test_before_and_after_are_two_bars_against_what_was_bought() -> None:
    bars = parsed(move_chart([move("Companion", 5, 20, 10), move("Virtual User", 3, 4, "unlimited")], "Moves"))
    widths = drawn(bars)
    assert widths == [("cb", "25%"), ("c-over", "100%"), ("cb", "75%"), ("c-open", "100%")]
    assert [node.get("x1") for node in bars.iter(f"{SVG}line")] == ["50%"]


def test_a_course_is_a_line_and_the_contingency_goes_in_steps() -> None:
    chart = course_chart(course((0, 50, 100), (30, 80, 100), (60, 90, 200)))
    assert places(chart, "cy") == ["0,75 500,60 1000,55"]
    assert places(chart, "cq") == ["M0 50H1000V0H1000"]


def test_where_nothing_limits_no_step_is_drawn() -> None:
    assert places(course_chart(course((0, 5, "unlimited"), (9, 6, None))), "cq") == []
    gap = course_chart(course((0, 5, 10), (10, 5, "unlimited"), (20, 5, 10)))
    assert places(gap, "cq") == ["M0 0H500M1000 0H1000"]


def test_a_course_of_one_day_or_of_nothing_is_drawn() -> None:
    assert places(course_chart(course((5, 3, 4))), "cy") == ["0,25 1000,25"]
    assert places(course_chart(course((5, 0, 0))), "cy") == ["0,100 1000,100"]


@pytest.mark.parametrize(
    ("used", "bought", "told"),
    [(0, 0, "fine"), (1, 0, "over"), (89, 100, "fine"), (90, 100, "tight"), (101, 100, "over"), (5, None, "open")],
)
def test_a_tone_tells_how_tight_a_license_is(used: int, bought: Contingency, told: str) -> None:
    assert tone(used, bought) == told


def test_a_small_bar_stands_only_where_there_is_a_limit() -> None:
    assert small_bar(3, "unlimited") == small_bar(0, 0) == small_bar(3, None) == ""
    assert 'class="c-over" width="100%"' in small_bar(4, 2)
    assert 'class="cm" x="50%"' in small_bar(4, 2)


@given(NAMES, st.integers(0, 10**9), st.none() | st.just("unlimited") | st.integers(0, 10**9))
def test_labels_stay_in_their_boxes_whatever_their_names_are(name: str, used: int, bought: Contingency) -> None:
    charts = (
        use_chart([use(name, used, bought, name)], name),
        move_chart([move(name, used, 1, bought)], name),
        course_chart(course((0, used, bought), label=name)),
        course_charts([course((0, used, bought), label=name)] * 2, name),
    )
    for chart in charts:
        lines: dict[str, float] = {}
        for node in parsed(chart).iter(f"{SVG}text"):
            size, bold = SIZES[str(node.get("class")).split()[0]]
            y = str(node.get("y"))
            assert size * 0.8 <= float(y) <= chart.height - size * 0.25
            lines[y] = lines.get(y, 0) + drawn_width(node.text or "", size, bold=bold)
        assert max(lines.values()) <= (NARROWEST if len(lines) < 5 else 2 * NARROWEST)


@given(NAMES)
def test_names_are_text_and_title_and_description_tell_them_whole(name: str) -> None:
    chart = use_chart([use(name)], name)
    root = parsed(chart)
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == visible(name)
    assert root.findtext(f"{SVG}desc") == f"{visible(name)}: 7 of 10 assigned, 3 left."
    assert [root.get("aria-labelledby"), root.get("aria-describedby")] == ["k-t", "k-d"]
    assert {node.tag.removeprefix(SVG) for node in root.iter()} == {"svg", "title", "desc", "text", "rect"}


@given(NAMES)
def test_a_picture_is_a_file_of_its_own_that_asks_for_nothing(name: str) -> None:
    text = picture(course_charts([course((0, 1, 2), (9, 2, 2), label=name)], name))
    root = ElementTree.fromstring(text)  # noqa: S314 - of ours
    assert float(str(root.get("height"))) > 0
    style = root.findtext(f"{SVG}style") or ""
    assert "prefers-color-scheme: dark" in style
    assert not re.search(r"url\(|@import", style)
    assert not [key for node in root.iter() for key in node.keys() if "href" in key or key.startswith("on")]  # noqa: SIM118 - no mapping
    assert text == picture(course_charts([course((0, 1, 2), (9, 2, 2), label=name)], name))


@given(NAMES, st.integers(20, 400))
def test_a_text_that_is_cut_fits_and_says_so(name: str, room: int) -> None:
    cut = drawn_cut(name, room, 14)
    assert drawn_width(cut, 14) <= room
    assert cut == name or cut.endswith("…")


def test_marks_and_joined_emoji_stay_together_where_a_text_is_cut() -> None:
    assert drawn_cut("e\u0301" * 9, 60, 14) in {"e\u0301" * count + "…" for count in range(9)}
    assert drawn_cut("👩\u200d🚒" * 9, 90, 14).removesuffix("…").replace("👩\u200d🚒", "") == ""
