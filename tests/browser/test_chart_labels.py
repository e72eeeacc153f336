"""The table of letters by which charts cut their labels is never narrower than what the browser draws."""

from pathlib import Path

import pytest
from looking import Eyes
from test_charts import LABELS

from tenantry.rendering.charts import (
    NARROWEST,
    Course,
    CoursePoint,
    MoveBar,
    UseBar,
    course_chart,
    course_charts,
    inline,
    move_chart,
    use_chart,
)
from tenantry.rendering.html import source
from tenantry.rendering.pictures import picture

NAMES = (*LABELS, "Ж" * 80, "ﷺ" * 9, "%@mW" * 20, "العربية" * 9)
FIGURES = "1,000,000,000 → 1,000,000,000 of 1,000,000,000 assigned"
POINTS = (CoursePoint(0, 1, 1_000_000_000), CoursePoint(9, 2, "unlimited"))
USES = [UseBar(label=name, used=999, bought=1_000, figures=FIGURES, status=f"✖ {name}") for name in NAMES]
MOVES = [MoveBar(label=name, before=1, after=3, bought=2, figures=name, status="1,000,000 missing") for name in NAMES]
COURSES = [Course(label=name, points=POINTS, first=name, last="2026-12-31", told=name) for name in NAMES]
CHARTS = {"use": use_chart(USES, "Use"), "move": move_chart(MOVES, "Before and after")}
IN_PAGES = {**CHARTS, **{f"course {at}": course_chart(course) for at, course in enumerate(COURSES)}}
IN_FILES = {**CHARTS, "courses": course_charts(COURSES, "Courses")}


@pytest.mark.parametrize("font", ["system-ui", "DejaVu Sans", "Liberation Sans"])
def test_no_label_leaves_its_chart_or_lies_on_another(eyes: Eyes, tmp_path: Path, font: str) -> None:
    style = f'{source("colors.css")}{source("chart.css")} text {{ font-family: "{font}" !important }}'
    charts = "".join(inline(chart, f"k{at}") for at, chart in enumerate(IN_PAGES.values()))
    page = tmp_path / "page.html"
    page.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Charts</title><style>{style}</style>'
        f'<body style="width: {NARROWEST}px; margin: 40px">{charts}',
        encoding="utf-8",
    )
    with eyes.on(page) as seen:
        assert seen.find("text").count() > len(NAMES)
        assert not seen.clashing_labels()


@pytest.mark.parametrize("kind", IN_FILES)
def test_a_chart_in_a_file_is_one_picture_with_labels_in_place(eyes: Eyes, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "chart.svg"
    file.write_text(picture(IN_FILES[kind]), encoding="utf-8")
    with eyes.on(file) as seen:
        assert not seen.clashing_labels()
        assert not seen.complaints
