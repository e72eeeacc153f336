"""A secret in every place where a secret can stand shows in no output, no file and no ledger, whatever is called."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from tests.threats.threatened import ADA, CONTOSO

from tenantry.cli.door import COMMANDS
from tenantry.rendering.formats import PLAN_FORMATS, REPORT_FORMATS, RESULT_FORMATS, VALIDATION_FORMATS

CANARY = "CANARY8f1e"
"""Of letters and figures alone, so that neither percent signs nor entities spell it in another way."""
NOBODY = "127.0.0.1:9"
"""Where nobody listens; the fixture `loopback` lets a command find that out."""
URLS = (
    f"postgresql://ledger:{CANARY}@{NOBODY}/ledger",
    f"postgresql://{NOBODY}/ledger?user=ledger&password={CANARY}",
    f"postgresql://ledger:{CANARY}%40@{NOBODY}/ledger?connect_timeout=2",
    f"postgres://ledger:{CANARY}@[::1]:9/ledger",
    f"postgresql://ledger:{CANARY}@{NOBODY}/ledger?sslpassword={CANARY}&nonsense={CANARY}",
    f"postgresql:ledger:{CANARY}@{NOBODY}",
    f"mysql://ledger:{CANARY}@{NOBODY}/ledger",
    f"{CANARY}",
    f"{CANARY}://x",
)


def _each(formats: Iterable[str]) -> tuple[str, ...]:
    """All formats in one call, each into a file; those are looked through as well as what is said."""
    return tuple(f"--format={name}=shown.{name}" for name in formats)


CALLS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "validate": ((), _each(VALIDATION_FORMATS), ("nobody",)),
    "plan": (
        (),
        (*_each(PLAN_FORMATS), "--out", "plan.json"),
        ("--current", "state.json"),
        ("--checksum", f"sha256:{'0' * 64}"),
        ("--format", "nonsense"),
    ),
    "apply": (("--auto-approve",), ("--auto-approve", *_each(RESULT_FORMATS)), ("plan.json",), ("gone.json",), ()),
    "report": ((), _each(REPORT_FORMATS)),
    "drift": ((), ("--format=json",)),
    "whatif": (("--set", "companion=9"),),
    "history": ((), ("--format=json",)),
    "show": (("plan.json",), ("contoso-1",), ("contoso-99",)),
    "observe": (("contoso", "--state", "active"), ("contoso", "--snapshot", "state.json")),
    "export": (("contoso",), ("nobody",)),
    "explain": ((f"user:{ADA}",),),
    "backup": (("backup.file",),),
    "restore": (("backup.file", "--backend", "sqlite:///restored.db"),),
    "comment": (("page.md",), ("page.md", "--forge", "gitlab"), ("page.md", "--forge", "azure")),
    "reviewed": ((), ("--forge", "azure")),
    "rules": ((),),
    "schema": (("tenant",),),
    "doctor": ((),),
    "completion": (("bash",),),
    "init": (("new",), ("new", "--ci", "github")),
    "demo": ((),),
}
FEW = ("doctor", "plan", "apply", "observe")
"""The commands that open a ledger in a way of their own."""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home, a temporary folder and a repository in it, with a secret wherever people keep one."""
    home = tmp_path / "home"
    workspace = home / "workspace"
    for folder in (home / "tmp", workspace / "tenants", home / ".config/git"):
        folder.mkdir(parents=True)
    (workspace / CONTOSO).write_text(
        f"version: 1\nusers: {{{ADA}: {{licenses: [companion]}}}}\ncontract: {{contingency: {{companion: 1}}}}\n"
    )
    (workspace / "state.json").write_text('{"format": "tenantry-snapshot/1", "tenant": "contoso", "users": {}}')
    (workspace / "page.md").write_text(f"<!-- tenantry:plan effect=sha256:{'0' * 64} -->\n")
    (home / ".netrc").write_text(f"default login ada password {CANARY}\n")
    (home / ".pgpass").write_text(f"*:*:*:*:{CANARY}\n")
    (home / ".pgpass").chmod(0o600)
    (home / ".git-credentials").write_text(f"https://ada:{CANARY}@git.example\n")
    (home / ".gitconfig").write_text(
        f"[user]\nname = Ada\nemail = ada@x.example\n[http]\nextraHeader = Authorization: {CANARY}\n"
    )
    git = ("git", "-C", str(workspace))
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "remote", "add", "origin", f"https://ada:{CANARY}@git.example/x"], check=True)
    yield home
    shutil.rmtree(home)


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """An environment in which every variable that may hold a secret does."""
    tokens = ("GITHUB_TOKEN", "GH_TOKEN", "GITLAB_TOKEN", "CI_JOB_TOKEN", "SYSTEM_ACCESSTOKEN", "AZURE_DEVOPS_EXT_PAT")
    proxies = ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY")
    return {
        **os.environ,
        **dict.fromkeys(tokens, CANARY),
        **dict.fromkeys(proxies, f"http://ada:{CANARY}@{NOBODY}"),
        **dict.fromkeys(("PGPASSWORD", "PGSSLPASSWORD", "DATABASE_PASSWORD"), CANARY),
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "LEDGER": f"postgresql://ledger:{CANARY}@{NOBODY}/ledger",
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_REF": "refs/pull/1/merge",
        "GITHUB_SHA": "0" * 40,
        "GITHUB_API_URL": f"http://ada:{CANARY}@{NOBODY}",
        "CI_API_V4_URL": f"http://{NOBODY}/?private_token={CANARY}",
        "CI_PROJECT_ID": "1",
        "CI_MERGE_REQUEST_IID": "1",
        "CI_COMMIT_SHA": "0" * 40,
        "SYSTEM_COLLECTIONURI": f"http://ada:{CANARY}@{NOBODY}/",
        "SYSTEM_TEAMPROJECT": "p",
        "BUILD_REPOSITORY_ID": "r",
        "BUILD_SOURCEVERSION": "0" * 40,
        "SYSTEM_PULLREQUEST_PULLREQUESTID": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }


def written(home: Path) -> dict[str, bytes]:
    """Every file below home, by its path."""
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file() and not path.is_symlink()}


def call(home: Path, words: tuple[str, ...], **more: str) -> str:
    """What a call says; it may fail, and tells no secret in doing so."""
    before = written(home)
    done = subprocess.run(
        [str(Path(sys.executable).with_name("tenantry")), *words],
        cwd=home / "workspace",
        env=surroundings(home, **more),
        capture_output=True,
        check=False,
        timeout=60,
    )
    said = done.stdout + done.stderr
    assert CANARY.encode() not in said, (words, said)
    assert b"Traceback" not in said, (words, said)
    assert done.returncode >= 0, words
    for path, content in written(home).items():
        if content != before.get(path):
            assert CANARY.encode() not in content, (words, path)
            assert CANARY not in path
    return said.decode("utf-8", "replace")


def test_every_command_is_called() -> None:
    assert CALLS.keys() == COMMANDS.keys()


@pytest.mark.slow
@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize("quiet", [(), ("-q",)])
def test_a_secret_of_the_surroundings_shows_nowhere(home: Path, quiet: tuple[str, ...]) -> None:
    """With a ledger in a file, which is filled and read, in every format and with errors."""
    for verb, calls in CALLS.items():
        for words in calls if not quiet else calls[:1]:
            call(home, (verb, *words, *quiet))
    assert (home / "workspace/.tenantry/ledger.db").exists()
    assert CANARY.encode() not in (home / "workspace/.tenantry/ledger.db").read_bytes()


@pytest.mark.slow
@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize("url", URLS)
def test_a_secret_in_the_url_of_the_backend_shows_nowhere(home: Path, url: str) -> None:
    for verb in ("doctor", "apply"):
        call(home, (verb, *CALLS[verb][0], "--backend", url))


@pytest.mark.slow
@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize("variable", ["TENANTRY_BACKEND", "LEDGER"])
def test_a_secret_in_the_variable_of_the_backend_shows_nowhere(home: Path, variable: str) -> None:
    if variable == "LEDGER":
        (home / "workspace/tenantry.yaml").write_text("version: 1\nbackend: env:LEDGER\n")
    for verb in FEW:
        call(home, (verb, *CALLS[verb][0]), **{variable: URLS[0]})


@pytest.mark.slow
@pytest.mark.usefixtures("loopback")
def test_a_secret_in_what_was_mistyped_shows_nowhere(home: Path) -> None:
    """A URL that stands in the file with a password is refused, and so is one behind a wrong option."""
    (home / "workspace/tenantry.yaml").write_text(f"version: 1\nbackend: postgresql://u:{CANARY}@h/d\n")
    for verb in FEW:
        call(home, (verb, *CALLS[verb][0]))
