"""A repository as people review in it: a bare remote, a clone to edit in, branches, merges, and a ledger beside it."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from stand_ins import COMMANDS, put
from written_pipelines import new_workspace

ALICE = ["companion", "contact_center_user"]
"""What Alice is to get."""
USERS = {
    "ada@acme.example": {"licenses": ["companion", "contact_center_user"]},
    "bob@acme.example": {"licenses": ["contact_center_user"]},
}
MOVED = {"bob@acme.example": {"licenses": ["companion"]}}
"""Of whom the vendor tells when the world has moved."""
HOSTILE = "##vso[task.setvariable variable=code]0 ::stop-commands::x ${{ github.token }} $(touch owned) `id`"
"""The name of a tenant that would like to be more than a name."""
SNAPSHOT = {
    "format": "tenantry-snapshot/1",
    "tenant": "acme",
    "users": {name: {"licenses": entry["licenses"]} for name, entry in USERS.items()},
    "in_use": [],
}


@dataclass
class Repository:
    """`clone` is where its people edit, `ledger` lies on the disk of the runner that is kept."""

    remote: Path
    clone: Path
    ledger: Path

    @property
    def backend(self) -> str:
        return f"sqlite:///{self.ledger}"

    def git(self, *words: str) -> str:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@acme.example", "-c", "commit.gpgsign=false")
        asked = ["git", "-C", str(self.clone), *who, *words]
        done = subprocess.run(asked, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def tenant(self) -> dict[str, Any]:
        data: dict[str, Any] = yaml.safe_load((self.clone / "tenants/acme.yaml").read_text())
        return data

    def write_users(self, **levels: list[str]) -> None:
        """Give users these licenses."""
        data = self.tenant()
        for name, licenses in levels.items():
            data["users"][f"{name}@acme.example"] = {"licenses": licenses}
        put(self.clone / "tenants/acme.yaml", data)

    def rename(self, name: str, branch: str) -> None:
        """Give the tenant another name on a branch."""
        put(self.clone / "tenants/acme.yaml", {**self.tenant(), "tenant": {"name": name}})
        self.commit("Take another name", branch)

    def commit(self, says: str, branch: str = "main") -> str:
        """Commit everything and push; the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", says)
        self.git("push", "--quiet", "--force", "origin", f"HEAD:{branch}")
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str, **levels: list[str]) -> None:
        """A branch from main with these users."""
        self.git("checkout", "--quiet", "-B", name, "main")
        self.write_users(**levels)
        self.commit(f"Give out licenses: {name}", name)

    def as_merged(self, branch: str) -> str:
        """The commit that a forge checks out to review a branch: its merge into main, on no branch yet."""
        self.git("checkout", "--quiet", "--detach", "main")
        self.git("merge", "--quiet", "--no-ff", "--no-edit", branch)
        sha = self.git("rev-parse", "HEAD")
        self.git("push", "--quiet", "--force", "origin", f"{sha}:refs/pull/{branch}/merge")
        return sha

    def merge(self, branch: str) -> str:
        """Merge a branch into main; the commit."""
        self.git("checkout", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "--no-edit", branch)
        self.git("push", "--quiet", "origin", "main")
        return self.git("rev-parse", "HEAD")

    def head(self) -> str:
        return self.git("rev-parse", "main")

    def tenantry(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The command as the ledger's administrator calls it on the runner."""
        asked = [str(COMMANDS / "tenantry"), "--backend", self.backend, *words]
        return subprocess.run(asked, cwd=self.clone, capture_output=True, text=True, check=False)

    def observe(self, users: dict[str, Any]) -> bool:
        """Let the ledger observe a tenant with these users; whether it did."""
        put(self.clone / "now.json", {**SNAPSHOT, "users": users})
        return self.tenantry("observe", "acme", "--snapshot", "now.json").returncode == 0

    def begin_without_a_contract(self, branch: str) -> None:
        """A second tenant on a branch, which can't be ready."""
        late = {"version": 1, "users": {"zoe@late.example": {"licenses": ["email"]}}}
        put(self.clone / "tenants/late.yaml", late)
        self.commit("Begin a tenant without a contract", branch)

    def bring_a_plan(self, branch: str, effect: str) -> None:
        """A branch without a workspace, and with a comment of its own where a plan would be written."""
        self.git("rm", "--quiet", "-r", "tenants", "tenantry.yaml")
        (self.clone / "plan.md").write_text(f"<!-- tenantry:plan effect={effect} -->\nready\n")
        self.commit("Bring a plan", branch)

    def holds(self) -> dict[str, list[str]]:
        """Who holds what, as the ledger tells."""
        told: dict[str, Any] = yaml.safe_load(self.tenantry("export", "acme").stdout)
        return {name.partition("@")[0]: sorted(user.get("licenses", [])) for name, user in told["users"].items()}


def repository(folder: Path, platform: str) -> Repository:
    """A repository on main with a pipeline, one tenant, its snapshot, and a ledger that agrees with them.

    The first of a platform is made, the others are copies of it.
    """
    if platform not in _BEGUN:
        _BEGUN[platform] = tempfile.TemporaryDirectory()
        _begin(Path(_BEGUN[platform].name), platform)
    shutil.copytree(_BEGUN[platform].name, folder, dirs_exist_ok=True, symlinks=True)
    made = _in(folder)
    made.git("remote", "set-url", "origin", str(made.remote))
    return made


_BEGUN: dict[str, "tempfile.TemporaryDirectory[str]"] = {}


def _in(folder: Path) -> Repository:
    return Repository(folder / "remote.git", folder / "clone", folder / "runner" / "ledger.db")


def _begin(folder: Path, platform: str) -> None:
    made = _in(folder)
    new_workspace(made.clone, platform)
    (made.clone / "tenants/example.yaml").unlink()
    contract = {"contingency": {"contact_center_user": 3, "companion": 2}}
    put(made.clone / "tenants/acme.yaml", {"version": 1, "contract": contract, "users": USERS})
    put(made.clone / "snapshots/acme.json", SNAPSHOT)
    git = ["git", "init", "--quiet", "--bare", "--initial-branch=main", str(made.remote)]
    subprocess.run(git, check=True)
    made.git("remote", "add", "origin", str(made.remote))
    made.commit("Begin")
    made.ledger.parent.mkdir()
    for words in (
        ("observe", "acme", "--snapshot", "snapshots/acme.json", "--create-ledger"),
        ("apply", "--auto-approve"),
    ):
        done = made.tenantry(*words)
        assert done.returncode == 0, done.stderr
