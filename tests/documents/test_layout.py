"""Which files make which tenant, and that no YAML file below tenants/ is passed over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tenant_samples import bad, good, load_files, read, rules_of, told

from tenantry.documents.layout import lay_out

PART = "version: 1\n"


def problems_of(*paths: str) -> list[str]:
    return told(lay_out(paths)[1])


def test_a_small_tenant_is_a_file_and_a_large_one_a_folder_of_files() -> None:
    layout, problems = lay_out(["tenants/fabrikam/b.yaml", "tenants/contoso.yaml", "tenants/fabrikam/a.yaml"])
    assert layout == {
        "contoso": ("tenants/contoso.yaml",),
        "fabrikam": ("tenants/fabrikam/a.yaml", "tenants/fabrikam/b.yaml"),
    }
    assert list(layout) == sorted(layout)
    assert not problems


def test_a_folder_without_yaml_is_no_tenant_and_other_files_are_nobody_s_business() -> None:
    layout, problems = lay_out(["tenants/shared/a.csv", "tenants/README.md", "tenants/fabrikam/rosters/a.csv"])
    assert not layout
    assert not problems


def test_a_file_and_a_folder_of_one_id_are_told_with_both_places() -> None:
    assert problems_of("tenants/contoso.yaml", "tenants/contoso/users.yaml") == [
        (
            "tenants/contoso.yaml:1:1: tenant-twice: "
            "Tenant contoso is both the file tenants/contoso.yaml and the folder tenants/contoso."
        )
    ]


@pytest.mark.parametrize(
    "path", ["tenants/contoso.yml", "tenants/fabrikam/users.yml", "tenants/a.YAML", "tenants/b.Yml"]
)
def test_another_ending_than_yaml_is_an_error(path: str) -> None:
    assert problems_of(path) == [f"{path}:1:1: wrong-extension: {path} is not read: the ending must be .yaml."]


@pytest.mark.parametrize("path", ["tenants/fabrikam/more/users.yaml", "tenants/a/b/c/d.yaml", "tenants/a/b/.yaml"])
def test_a_yaml_file_that_nothing_reads_is_an_error(path: str) -> None:
    (problem,) = problems_of(path)
    assert problem.startswith(f"{path}:1:1: unread-file: Nothing reads {path}")


def test_a_file_that_is_nothing_but_its_ending_is_not_passed_over() -> None:
    assert rules_of(problems_of("tenants/.yaml")) == ["bad-tenant-id"]
    assert rules_of(problems_of("tenants/.yml")) == ["wrong-extension", "bad-tenant-id"]
    layout, problems = lay_out(["tenants/fabrikam/.yaml"])
    assert layout == {"fabrikam": ("tenants/fabrikam/.yaml",)}
    assert not problems


@pytest.mark.parametrize(
    "name", ["Contoso", "-a", "a_b", "a.b", "ä", "a" * 64, "a b", "a\n", ".hidden", "contoso.yaml"]
)
def test_an_id_outside_of_its_alphabet_is_an_error(name: str) -> None:
    for path in (f"tenants/{name}.yaml", f"tenants/{name}/x.yaml"):
        assert rules_of(problems_of(path)) == ["bad-tenant-id"]


@pytest.mark.parametrize("name", ["a", "0", "a-", "con-toso-1", "a" * 63])
def test_every_id_of_the_alphabet_is_good(name: str) -> None:
    assert lay_out([f"tenants/{name}.yaml"]) == ({name: (f"tenants/{name}.yaml",)}, [])


def test_every_problem_of_a_layout_bears_its_tenant() -> None:
    _, problems = lay_out(
        ["tenants/a.yml", "tenants/b/x/y.yaml", "tenants/c.yaml", "tenants/c/d.yaml", "tenants/E.yaml"]
    )
    assert sorted({item.tenant or "" for item in problems}) == ["E", "a", "b", "c"]


@given(st.permutations(["tenants/b/2.yaml", "tenants/b/1.yaml", "tenants/a.yaml", "tenants/c.yml", "tenants/c.yaml"]))
def test_the_order_in_which_files_are_found_changes_nothing(paths: list[str]) -> None:
    assert lay_out(paths) == lay_out(sorted(paths))


@pytest.mark.parametrize(
    "stray",
    ["tenants/fabrikam/more.yml", "tenants/fabrikam/deep/more.yaml", "tenants/fabrikam.yaml", "tenants/fabrikam.yml"],
)
def test_a_tenant_with_a_file_astray_is_not_read_and_the_others_are(stray: str) -> None:
    files = {"tenants/fabrikam/users.yaml": PART, "tenants/contoso.yaml": PART, stray: PART}
    assert read(files, "fabrikam")[0] is None
    tenant, problems = read(files, "contoso")
    assert tenant is not None
    assert {item.tenant for item in problems} == {"fabrikam"}


def test_a_file_astray_does_not_hide_what_is_wrong_inside_the_others() -> None:
    files = {"tenants/fabrikam/users.yaml": "version: 1\nusers: {ada: {}}\n", "tenants/fabrikam/more.yml": PART}
    assert sorted(rules_of(bad(files, "fabrikam"))) == ["bad-format", "wrong-extension"]


def test_a_tenant_alone_with_a_misnamed_file_can_be_asked_for() -> None:
    assert "old" in load_files({"tenants/old.yml": PART}).layout
    assert good({"tenants/new.yaml": PART, "tenants/notes.txt": "x"}, "new").id == "new"
