"""Whoever looks notices: each kind of defect, put into a page on purpose, is told."""

from pathlib import Path

import pytest
from looking import Eyes

SOUND = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sound</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
</head><body><main><h1>Sound</h1>%s</main></body></html>"""
DEFECTS = {
    "picture": '<img alt="" src="https://pictures.example/x.png">',
    "script": "<script>1</script>",
    "contrast": '<p style="color: #bbb">pale</p>',
    "nameless": "<input type=search>",
}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return tmp_path / "page.html"


def chart(*labels: str) -> str:
    return f'<svg role="img" viewBox="0 0 100 20" width="100" height="20"><title>Use</title>{"".join(labels)}</svg>'


def test_a_sound_page_is_left_in_peace(eyes: Eyes, made: Path) -> None:
    made.write_text(SOUND % chart('<text x="2" y="14" font-size="10">in</text>'), encoding="utf-8")
    with eyes.on(made) as seen:
        assert not seen.violations()
        assert not seen.clashing_labels()
        assert not seen.too_wide()
        assert not seen.complaints


@pytest.mark.parametrize(
    ("defect", "told"), [("picture", "asks for https://pictures.example"), ("script", "Content Security Policy")]
)
def test_a_request_and_a_breach_of_the_policy_are_complaints(eyes: Eyes, made: Path, defect: str, told: str) -> None:
    made.write_text(SOUND % DEFECTS[defect], encoding="utf-8")
    with eyes.on(made) as seen:
        assert told in " ".join(seen.complaints)


@pytest.mark.parametrize(("defect", "rule"), [("contrast", "color-contrast"), ("nameless", "label")])
def test_what_some_can_not_read_is_a_violation(eyes: Eyes, made: Path, defect: str, rule: str) -> None:
    made.write_text(SOUND % DEFECTS[defect], encoding="utf-8")
    with eyes.on(made) as seen:
        assert [text.partition(" ")[0] for text in seen.violations()] == [rule]


def test_labels_that_leave_their_chart_or_lie_on_one_another_are_told(eyes: Eyes, made: Path) -> None:
    labels = ('<text x="2" y="14">one</text>', '<text x="8" y="14">two</text>', '<text x="80" y="14">far out</text>')
    made.write_text(SOUND % chart(*labels), encoding="utf-8")
    with eyes.on(made) as seen:
        assert seen.clashing_labels() == ['Use: "far out" leaves the chart', 'Use: "one" lies on "two"']


def test_what_makes_the_page_scroll_sideways_is_named(eyes: Eyes, made: Path) -> None:
    made.write_text(SOUND % '<div class="wide" style="width: 500px">wide</div>', encoding="utf-8")
    with eyes.on(made, width=360) as seen:
        assert seen.too_wide() == ['<div class="wide"> ends at 508 of 360: wide']
