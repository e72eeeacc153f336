"""The architecture is a test: who may import what, who may touch the world, how long things may be."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tenantry.documents.catalog import BUILTIN, builtin
from tenantry.documents.problems import PROBLEMS
from tenantry.planning.rules.table import rules

SRC = Path(__file__).parent.parent / "src"
MODULES = sorted((SRC / "tenantry").rglob("*.py"))
MODULE_LINES, FUNCTION_LINES = 320, 45

ROOMS = {
    "errors": set(),
    "model": {"errors"},
    "documents": {"model", "errors"},
    "planning": {"model", "errors"},
    "backends": {"model", "errors"},
    "rendering": {"model", "errors"},
    "engine": {"documents", "planning", "backends", "model", "errors"},
    "forges": {"errors"},
    "cli": {"documents", "planning", "backends", "rendering", "engine", "forges", "model", "errors"},
}
"""Each room and the rooms that it may import beside itself."""

USERS = {
    # what stands on a shelf of its own: packages, and the parts of the standard library that reach the world
    "click": {"cli"},
    "yaml": {"documents"},
    "jsonschema": {"documents"},
    "jsonschema_rs": {"documents"},
    "referencing": {"documents"},
    "concurrent": {"tenantry/engine/executor.py"},
    "csv": {"documents", "rendering"},
    "deepdiff": {"planning"},
    "jinja2": {"rendering"},
    "psycopg": {"backends"},
    "sqlite3": {"backends"},
    "xlsxwriter": {"rendering"},
    "zoneinfo": {"engine"},
    "fcntl": {"cli"},
    "http": {"forges"},
    "urllib": {"forges"},
    "getpass": {"cli"},
    "importlib": {"cli"},
    "os": {"cli"},
    "pathlib": {"cli"},
    "platform": {"cli"},
    "shlex": {"cli"},
    "shutil": {"cli"},
    "signal": {"cli"},
    "stat": {"cli"},
    "subprocess": {"cli"},
    "sys": {"cli"},
    "tempfile": {"cli"},
    "time": {"cli"},
}
"""Which room, or which module alone, may use what; whatever is neither here nor harmless is nobody's."""

HARMLESS = {
    *(
        "__future__",
        "abc",
        "array",
        "base64",
        "bisect",
        "codecs",
        "collections",
        "contextlib",
        "dataclasses",
        "datetime",
        "decimal",
    ),
    *("difflib", "enum", "fnmatch", "functools", "gc", "hashlib", "heapq", "io", "itertools", "json", "math"),
    *("operator", "posixpath", "re", "string", "textwrap", "types", "typing", "unicodedata", "tenantry"),
    # parts of something that reaches the world which themselves only look at text
    *("pathlib.PurePath", "pathlib.PurePosixPath", "urllib.parse"),
}
"""What every room may use: no files, no clock, no chance, no environment, no network."""

CLOCK = {"now", "today", "utcnow", "monotonic", "perf_counter"}
VAGUE = {"utils", "util", "common", "helpers", "helper", "base", "manager", "core", "misc"}
NO_RULES = {
    "utf-8",
    "gitlab-terraform",  # formats
    "gitlab-codequality",
    "excel-eu",  # a dialect of CSV
    "yyyy-mm-dd",
}


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text("utf-8"))


def shown(module: Path) -> str:
    return module.relative_to(SRC).as_posix()


def room_of(module: Path) -> str:
    return module.relative_to(SRC / "tenantry").parts[0].removesuffix(".py")


def imports(module: Path) -> Iterator[tuple[int, str]]:
    """Every imported name in full: `a.b` for `import a.b`, `a.b.c` for `from a.b import c`."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{'.' * node.level}{node.module or ''}.{alias.name}") for alias in node.names)


def calls(module: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Call):
            target = node.func
            yield node.lineno, target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def may_use(module: Path, name: str) -> bool:
    parts = name.split(".")
    harmless = any(".".join(parts[:length]) in HARMLESS for length in (1, 2))
    return harmless or bool(USERS.get(parts[0], set()) & {room_of(module), shown(module)})


def test_a_room_sees_only_the_rooms_below_it() -> None:
    def seen(module: Path) -> Iterator[str]:
        allowed = {*ROOMS.get(room_of(module), set()), room_of(module), "__version__"}
        for line, name in imports(module):
            if name.startswith("tenantry.") and name.split(".")[1] not in allowed:
                yield f"{shown(module)}:{line} imports {name}"

    assert not [text for module in MODULES for text in seen(module)]


def test_a_room_uses_only_what_is_its_own() -> None:
    used = [(module, line, name) for module in MODULES for line, name in imports(module)]
    assert not [f"{shown(module)}:{line} uses {name}" for module, line, name in used if not may_use(module, name)]


def test_imports_are_absolute() -> None:
    used = [(module, line, name) for module in MODULES for line, name in imports(module)]
    assert not [f"{shown(module)}:{line}" for module, line, name in used if name.startswith(".")]


def test_only_the_door_looks_at_the_clock_opens_files_and_prints() -> None:
    made = [(module, line, name) for module in MODULES if room_of(module) != "cli" for line, name in calls(module)]
    forbidden = {*CLOCK, "open", "print", "input"}
    assert not [f"{shown(module)}:{line} calls {name}" for module, line, name in made if name in forbidden]


def test_every_room_is_in_the_table() -> None:
    assert {room_of(module) for module in MODULES} - {"__init__", "__main__"} <= set(ROOMS)


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [shown(module) for module in MODULES if VAGUE & set(module.relative_to(SRC).with_suffix("").parts)]


def test_a_module_fits_in_the_head() -> None:
    lengths = {shown(module): len(module.read_text("utf-8").splitlines()) for module in MODULES}
    assert not {name: length for name, length in lengths.items() if length > MODULE_LINES}


def test_a_function_fits_in_the_head() -> None:
    functions = [
        (f"{shown(module)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for module in MODULES
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert not [(name, length) for name, length in functions if length > FUNCTION_LINES]


def test_every_module_and_every_public_name_says_what_it_is() -> None:
    assert not [shown(module) for module in MODULES if not ast.get_docstring(tree(module))]
    named = [(module, node) for module in MODULES for node in public(tree(module))]
    assert not [f"{shown(module)}:{node.lineno} {node.name}" for module, node in named if not ast.get_docstring(node)]


Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def public(parent: ast.Module | ast.ClassDef) -> Iterator[Named]:
    """Public classes and functions, and the public methods of public classes."""
    for node in parent.body:
        if isinstance(node, Named) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


def test_the_help_imports_click_and_nothing_heavy() -> None:
    program = (
        "import sys, tenantry.cli.door as door; before = set(sys.modules); code = door.run(['--help'])\n"
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in result.stderr.split()}
    assert "Keep who holds which license" in result.stdout
    heavy = {
        *("yaml", "jsonschema", "jsonschema_rs", "referencing", "deepdiff", "jinja2", "ruamel", "sqlite3", "psycopg"),
        "xlsxwriter",
        *("asyncio", "concurrent", "csv", "decimal", "json", "logging", "subprocess", "tempfile", "urllib"),
    }
    assert not loaded & heavy
    assert {name for name in result.stderr.split() if name.startswith("tenantry.")} <= {
        *("tenantry.cli", "tenantry.cli.door", "tenantry.errors"),
    }


def words(module: Path) -> Iterator[str]:
    """The texts in a module that look like the id of a rule, those of the tables' own rows left out."""
    rows = {"_ROWS", "ROWS"}
    for statement in tree(module).body:
        target = getattr(statement, "target", None) or (getattr(statement, "targets", None) or [None])[0]
        if isinstance(target, ast.Name) and target.id in rows:
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from re.findall(r"^[a-z0-9]+(?:-[a-z0-9]+)+$", node.value)


def test_rules_that_are_told_and_rules_of_the_tables_are_the_same() -> None:
    rooms = {"model", "documents", "planning", "engine", "rendering"}
    spoken = {word for module in MODULES if room_of(module) in rooms for word in words(module)} - NO_RULES
    catalog = builtin(BUILTIN[0])
    table = {**PROBLEMS, **rules(catalog)}
    advice = {piece.rule for item in catalog.licenses.values() for piece in item.advice}
    advice |= {piece.rule for kind in catalog.assignment_types.values() for piece in kind.advice}
    notices = {state.notice for state in catalog.states.values() if state.notice}
    assert not spoken - set(table), "told, but in no table"
    assert not set(table) - spoken - advice - notices, "in a table, but told by nobody"
