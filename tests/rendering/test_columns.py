"""Columns stay aligned and lines in their width, whatever alphabet a name is in."""

from hypothesis import given
from hypothesis import strategies as st

from tenantry.rendering.bars import bar
from tenantry.rendering.columns import aligned, cut, pad, width, wrap
from tenantry.rendering.escape import plain

TEXT = st.text(max_size=120).map(plain)


def test_wide_characters_take_two_columns_and_marks_none() -> None:
    assert [width("ab"), width("漢字"), width("e\u0301")] == [2, 4, 1]


def test_columns_are_aligned_also_with_wide_names() -> None:
    lines = aligned([["漢字", "1"], ["abcdef", "23"]], right=(1,))
    assert lines == ["漢字     1", "abcdef  23"]
    assert len({width(line) for line in lines}) == 1


@given(TEXT, st.integers(20, 100))
def test_wrapped_lines_fit_and_keep_every_word(text: str, columns: int) -> None:
    lines = list(wrap(text, columns, first="  ", rest="    "))
    assert all(width(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(TEXT, st.integers(2, 40))
def test_a_cut_text_fits_and_padding_fills_it_up(text: str, columns: int) -> None:
    assert width(cut(text, columns)) <= columns
    assert width(pad(cut(text, columns), columns)) == columns


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_bar_is_full_only_where_nothing_is_left_and_empty_only_where_nothing_is_used(used: int, bought: int) -> None:
    drawn = bar(used, bought)
    if not used and not bought:
        assert drawn == ""
    else:
        assert len(drawn) == 10
        assert (drawn == "█" * 10) is (used >= bought)
        assert (drawn == "░" * 10) is (used == 0)


def test_there_is_no_bar_without_a_limit() -> None:
    assert bar(5, "unlimited") == bar(5, None) == ""
