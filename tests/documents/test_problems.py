"""Problems as they are told: those of each file by their places, the first of them, and how many there are."""

from tenantry.documents.problems import SHOWN, problem, told


def test_of_each_file_the_first_problems_are_shown_and_the_rest_is_counted() -> None:
    found = [problem("bad-format", f"{line}.", file=file, line=line) for line in range(60, 0, -1) for file in "ba"]
    shown = told(found)
    for file in "ab":
        of_file = [item for item in shown if item.file == file]
        assert [item.line for item in of_file[:-1]] == list(range(1, SHOWN + 1))
        assert (of_file[-1].rule, of_file[-1].count) == ("more-problems", 60 - SHOWN)
    assert [item.file for item in shown] == sorted(item.file or "" for item in shown)


def test_as_many_as_are_shown_leave_nothing_to_count() -> None:
    shown = told([problem("bad-format", "x.", file="a", line=line) for line in range(1, SHOWN + 1)])
    assert {item.rule for item in shown} == {"bad-format"}
