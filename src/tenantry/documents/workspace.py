"""tenantry.yaml: what holds for all tenants, and the overrides for some, down to single values."""

import datetime
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from tenantry.documents.dates import day
from tenantry.documents.document import Document
from tenantry.documents.problems import problem
from tenantry.documents.profiles import resolve, written_in
from tenantry.documents.searching import Path
from tenantry.documents.telling import Telling, nearest
from tenantry.documents.text import shown
from tenantry.model.catalog import Catalog
from tenantry.model.plan import Finding
from tenantry.model.policy import DEFAULT_BACKEND, Guards, MaxRevocations, Policy, Waiver, Workspace
from tenantry.model.rule import Rule
from tenantry.model.tenant import Profile

FILE = "tenantry.yaml"
LONGEST_WAIVER = datetime.timedelta(days=31)
_PASSWORD = re.compile(r"://[^/?#@:]*:[^@]*@|[?&;\s](?:ssl)?password=|^(?:ssl)?password=", re.IGNORECASE)
"""Generous: a password with a stray character in it is one too."""
_BACKEND = re.compile(r"(sqlite:///|postgres(ql)?://|env:).+", re.DOTALL)
OVERRIDES = ("guards", "rules", "execution", "hold")


def read_workspace(
    document: Document | None, tenants: Iterable[str], catalog: Catalog, rules: Mapping[str, Rule]
) -> tuple[Workspace, list[Finding]]:
    """The workspace as a sound document says it (None: defaults serve), with the policy of each of these tenants."""
    if document is None:
        return Workspace(catalog=catalog, policies={tenant: Policy() for tenant in tenants}), []
    reader = _Reader(document, rules)
    workspace = Workspace(
        catalog=catalog,
        backend=reader.backend(),
        profiles=reader.profiles(),
        policies={tenant: reader.policy(tenant) for tenant in tenants},
    )
    reader.check_rules()
    return workspace, reader.problems


def overlong(policy: Policy, as_of: datetime.date) -> list[Finding]:
    """The waivers that end too far after a day."""
    return [
        problem(
            "waiver-too-long",
            f"The waiver of {waiver.rule} lasts until {waiver.until}: over {LONGEST_WAIVER.days} days after {as_of}.",
            file=waiver.file or FILE,
            line=waiver.line or 1,
        )
        for waiver in policy.waivers
        if waiver.until is not None and waiver.until - as_of > LONGEST_WAIVER
    ]


class _Reader:
    def __init__(self, document: Document, rules: Mapping[str, Rule]) -> None:
        self._document, self._data, self._rules = document, document.data, rules
        self._overrides: Mapping[str, Mapping[str, Any]] = self._data.get("tenants", {})
        self._waivers = dict(self._read_waivers())
        self._found: list[Finding] = []
        self._telling = Telling()

    @property
    def problems(self) -> list[Finding]:
        """What is wrong with what was read."""
        return [*self._found, *self._telling.problems()]

    def backend(self) -> str:
        """The backend's URL; one with a password in it must not stand in a file that is shared."""
        url: str = self._data.get("backend", DEFAULT_BACKEND)
        address, _, parameters = url.partition("?")
        if _PASSWORD.search(url) or _PASSWORD.search(f"{address}?{unquote(parameters)}"):
            message = "The backend's URL holds a password; a file in git is read by many."
            self._tell(("backend",), "password-in-file", message)
        elif not _BACKEND.fullmatch(url):
            # what stands there isn't shown: it may be a secret that was put into the wrong place
            self._tell(("backend",), "unknown-backend", "This is not the URL of a ledger.")
        return url

    def profiles(self) -> Mapping[str, Profile]:
        """The profiles that every tenant has."""
        profiles, problems = resolve(written_in(self._document), {})
        self._found += problems
        return profiles

    def policy(self, tenant: str) -> Policy:
        """What holds for one tenant, overrides applied; its waivers are checked on the way."""
        said = {key: self._data[key] for key in OVERRIDES if key in self._data}
        for pattern in self._matching(tenant):
            said = _laid_over(said, self._overrides[pattern])
        policy = Policy(
            guards=_guards(said.get("guards", {})),
            severities=said.get("rules", {}),
            waivers=tuple(waiver for waiver in self._waivers.values() if waiver.tenant == tenant),
            execution=said.get("execution", "ledger"),
            hold=said.get("hold"),
        )
        for at, waiver in self._waivers.items():
            if waiver.tenant == tenant:
                self._check_waiver(at, waiver, policy)
        return policy

    def check_rules(self) -> None:
        """Every rule that is named must exist, and be one whose severity may be moved, or that may be waived."""
        places: list[tuple[tuple[str, ...], Mapping[str, str]]] = [(("rules",), self._data.get("rules", {}))]
        places += [(("tenants", name, "rules"), body.get("rules", {})) for name, body in self._overrides.items()]
        for path, severities in places:
            for name in severities:
                rule = self._rule(name, (*path, name), key=True)
                if rule is not None and not rule.adjustable:
                    self._tell((*path, name), "fixed-rule", f"The severity of {name} can't be moved.", key=True)
        for at, waiver in self._waivers.items():
            if waiver.until is None:
                message = "until is not a day of the calendar."
                self._tell(("waivers", at, "until"), "no-such-day", message)
            rule = self._rule(waiver.rule, ("waivers", at, "rule"), key=False)
            if rule is not None and not (rule.waivable or rule.adjustable):
                self._tell(("waivers", at, "rule"), "unwaivable-rule", f"Nobody can waive {waiver.rule}.")

    def _rule(self, name: str, path: Path, *, key: bool) -> Rule | None:
        rule = self._rules.get(name)
        if rule is None:
            hint = nearest(name, self._rules, "Rules")
            self._tell(path, "unknown-rule", f"There is no rule {shown(name)}.", key=key, hint=hint)
        return rule

    def _matching(self, tenant: str) -> list[str]:
        """The overrides for a tenant, the weakest first: globs by their literal characters, then the id itself."""
        globs = [name for name in self._overrides if name != tenant and fnmatchcase(tenant, name)]
        globs.sort(key=_literal)
        for first, second in pairwise(globs):
            if _literal(first) == _literal(second):
                message = f"{shown(first)} and {shown(second)} both match tenant {tenant}, and neither is more exact."
                self._tell(("tenants", second), "override-tie", message, key=True)
        return [*globs, tenant] if tenant in self._overrides else globs

    def _read_waivers(self) -> Iterable[tuple[int, Waiver]]:
        bodies = self._data.get("waivers", ())
        places = self._document.places(("waivers", at) for at in range(len(bodies)))
        for at, body in enumerate(bodies):
            if not body:
                continue  # what is wrong with it was told
            yield (
                at,
                Waiver(
                    rule=body["rule"],
                    reason=body["reason"],
                    tenant=body["tenant"],
                    holder=body.get("holder"),
                    license=body.get("license"),
                    until=day(body["until"]),
                    file=self._document.file,
                    line=places["waivers", at][0],
                ),
            )

    def _check_waiver(self, at: int, waiver: Waiver, policy: Policy) -> None:
        rule = self._rules.get(waiver.rule)
        if rule is not None and rule.adjustable and policy.severities.get(waiver.rule) != "error":
            message = f"{waiver.rule} is no error for tenant {waiver.tenant}, so that nothing is there to waive."
            self._tell(("waivers", at, "rule"), "unwaivable-rule", message)

    def _tell(self, path: Path, rule: str, message: str, *, key: bool = False, hint: str = "") -> None:
        self._telling.tell(self._document, path, rule, message, key=key, hint=hint)


def _guards(body: Mapping[str, Any]) -> Guards:
    limit = body.get("max_revocations", {})
    return Guards(
        max_revocations=None if limit == "off" else MaxRevocations(**limit),
        min_holders=body.get("min_holders", {}),
        protected=frozenset(body.get("protected", ())),
    )


def _laid_over(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Maps unite key by key, everything else replaces."""
    result = dict(lower)
    for key, value in upper.items():
        below = result.get(key)
        result[key] = _laid_over(below, value) if isinstance(value, dict) and isinstance(below, dict) else value
    return result


def _literal(pattern: str) -> int:
    """How many characters of a pattern stand for themselves; a set in brackets stands for one of several."""
    return len(re.sub(r"\[[^\]]*\]|[*?]", "", pattern))
