"""A workspace in memory, for tests on what files say together."""

from collections.abc import Mapping, Sequence

from tenantry.documents.catalog import builtin
from tenantry.engine.loading import Loaded, load, load_tenant
from tenantry.errors import AuthorError
from tenantry.model.plan import Finding
from tenantry.model.tenant import Entry, Tenant

CATALOG = builtin("nimbus")
CONTOSO = "tenants/contoso.yaml"
GUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
OTHER_GUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3302"


class MemoryFiles:
    """Files by path, with how often each was read."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self._files = {
            path: content if isinstance(content, bytes) else content.encode() for path, content in files.items()
        }
        self.reads: list[str] = []

    def paths(self) -> Sequence[str]:
        return sorted(path for path in self._files if path.startswith("tenants/"))

    def exists(self, path: str) -> bool:
        return path in self._files

    def read(self, path: str) -> bytes:
        self.reads.append(path)
        if path not in self._files:
            raise AuthorError("There is no such file.", "Mend the name.")
        return self._files[path]


def load_files(files: Mapping[str, str | bytes]) -> Loaded:
    """The workspace that these files make."""
    return load(MemoryFiles(files))


def read(files: Mapping[str, str | bytes] | str, tenant: str = "contoso") -> tuple[Tenant | None, list[Finding]]:
    """One tenant of a workspace (text alone: its one file, without the version) and everything wrong with it."""
    if isinstance(files, str):
        files = {CONTOSO: f"version: 1\n{files}"}
    memory = MemoryFiles(files)
    loaded = load(memory)
    assert not loaded.fatal, told(loaded.problems)
    result, problems = load_tenant(memory, loaded, tenant)
    return result, [*loaded.problems, *problems]


def good(files: Mapping[str, str | bytes] | str, tenant: str = "contoso") -> Tenant:
    """A tenant in which there must be nothing wrong."""
    result, problems = read(files, tenant)
    assert not problems, told(problems)
    assert result is not None
    return result


def bad(files: Mapping[str, str | bytes] | str, tenant: str = "contoso") -> list[str]:
    """Everything that is wrong with a tenant, which is not to be had then; in the order of the text."""
    result, problems = read(files, tenant)
    problems.sort(key=lambda item: (item.file or "", item.line or 0, item.column or 0))
    assert result is None
    assert all(item.tenant == tenant and item.hint for item in problems), problems
    return told(problems)


def told(problems: Sequence[Finding]) -> list[str]:
    """Problems as they are told."""
    return [f"{item.file}:{item.line}:{item.column}: {item.rule}: {item.message}" for item in problems]


def rules_of(problems: Sequence[str]) -> list[str]:
    """The rules of told problems."""
    return [line.split(": ")[1] for line in problems]


def user(tenant: Tenant, upn: str = "ada@contoso.example") -> Entry:
    """The only entry of a person."""
    (entry,) = tenant.entries["user"][upn.lower()]
    return entry


def gives(entry: Entry) -> list[str] | None:
    """What an entry gives, sorted; None where it says nothing about licenses."""
    return None if entry.claim is None else sorted(entry.claim.gives)


def roster(csv: str | bytes, entry: str = "") -> dict[str, str | bytes]:
    """A tenant of one roster; `entry` are further keys of the roster's entry."""
    extra = f", {entry}" if entry else ""
    return {
        CONTOSO: f"version: 1\nprofiles: {{agent: {{licenses: [contact_center_user]}}}}\n"
        f"rosters: [{{file: people.csv{extra}}}]\n",
        "tenants/people.csv": csv,
    }
