"""Findings on a Markdown page: told one by one as far as there is room; of the others count, holders and places."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tenantry.model.plan import Finding
from tenantry.rendering import view, wording
from tenantry.rendering.escape import Safe
from tenantry.rendering.markdown import Room, size

Frame = Callable[[Sequence[str], int], str]
_LENGTHS = (600, 160)
"""Letters of each text of a finding; the shorter where not even one of each rule fits at the longer."""
_ALIKE = 25
"""Findings of one rule beyond which more of them may take no more than half of the room."""
_NAMED = 4
"""Holders or tenants that are named of findings that are folded."""
_PLACES = 50
"""Places that are named of findings that are folded."""
ALL = 1_000_000
"""As many of a rule as there is room for."""


@dataclass(slots=True)
class _Alike:
    """The findings of one rule, the first `shown` of them told one by one, and the places of others that are named."""

    findings: Sequence[Finding]
    tenants: bool
    length: int
    room: Room
    shown: int = 1
    places: Sequence[Safe] = ()
    beyond: int = 0
    names: Sequence[tuple[tuple[str, ...], int]] = field(init=False)

    def __post_init__(self) -> None:
        """Count whom the findings from each one on concern, once: where they end is tried often."""
        names: list[tuple[tuple[str, ...], int]] = [((), 0)]
        seen: set[str] = set()
        for finding in reversed(self.findings):
            name = (finding.tenant if self.tenants else finding.holder) or ""
            first = names[-1][0]
            if name:
                seen.add(name)
                first = (name, *(other for other in first if other != name))[:_NAMED]
            names.append((first, len(seen)))
        self.names = names[::-1]

    @property
    def rest(self) -> Sequence[Finding]:
        """Those that are not told one by one."""
        return self.findings[self.shown :]

    def lines(self) -> list[str]:
        """A line for each that is told; the last of them tells of the others as well."""
        last = self.shown - 1
        return [self._line(at, self._others(self.shown) if at == last else "") for at in range(self.shown)]

    def brief(self) -> str:
        """No more than the rule, the count, and where the first is if that is to be named."""
        row = view.told(self.findings[0], with_tenant=self.tenants)
        text: str = self.room.pieces.rule(row, len(self.findings) - 1, self.places)
        return text

    def cost(self) -> int:
        """Bytes that one more takes."""
        line = self._line(self.shown, "")
        return size(line) + 1 + size(self._others(self.shown + 1)) - size(self._others(self.shown))

    def name_places(self, left: int) -> int:
        """Name the places of those that are folded, as far as there is room; what is left of it."""
        before = size(self._others(self.shown))
        told = {_place(finding) for finding in self.findings[: self.shown]}
        places = [place for place in dict.fromkeys(map(_place, self.rest)) if place and place not in told]
        codes = [self.room.flavor.code(place) for place in places[:_PLACES]]
        for count in range(len(codes), 0, -1):
            self.places, self.beyond = codes[:count], len(places) - count
            taken = size(self._others(self.shown)) - before
            if taken <= left:
                return left - taken
        self.places, self.beyond = (), 0
        return left

    def _line(self, at: int, others: str) -> str:
        row = view.told(self.findings[at], with_tenant=self.tenants)
        text: str = self.room.pieces.finding(row, self.length, others)
        return text

    def _others(self, shown: int) -> str:
        """What is said of those that are not told one by one if so many are."""
        more = len(self.findings) - shown
        first, everybody = self.names[shown]
        names = wording.listed(first, everybody)
        text: str = self.room.pieces.others(more, names, self.length, self.places, self.beyond) if more else ""
        return text


def _place(finding: Finding) -> str:
    return wording.place(finding.file, finding.line, finding.column)


def findings_block(
    room: Room, findings: Sequence[Finding], frame: Frame, *, share: float, tenants: bool, keep: int = _ALIKE
) -> str:
    """Findings in a frame, folded by rule only as far as they have to be to fit in a share of the room.

    `tenants` says whether each names its tenant. A rule with more than `keep` findings is always told once.
    """
    limit = int(room.left * share) - 2
    by_rule: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault((finding.rule, finding.severity), []).append(finding)
    for length in _LENGTHS:
        rules = [_Alike(alike, tenants, length, room) for alike in by_rule.values()]
        left = limit - size(frame([line for alike in rules for line in alike.lines()], 0))
        if left >= 0:
            _unfold(
                [alike for alike in rules if len(alike.findings) <= keep], left, left - max(limit - room.left // 2, 0)
            )
            return room.block(frame([line for alike in rules for line in alike.lines()], 0))
    return _by_rule(room, [_Alike(alike, tenants, _LENGTHS[-1], room) for alike in by_rule.values()], frame, share)


def shortest(room: Room, findings: Sequence[Finding], frame: Frame, *, tenants: bool) -> int:
    """Bytes in which findings can be told by their rules."""
    rules = {(finding.rule, finding.severity): finding for finding in findings}
    briefs = [_Alike([finding], tenants, _LENGTHS[-1], room).brief() for finding in rules.values()]
    return size(frame(briefs, 0)) + 2 if briefs else 0


def _unfold(rules: Sequence[_Alike], left: int, many: int) -> None:
    """Tell more of each rule as far as there is room; where not all can be told, half of it is first for places."""
    _tell_more(rules, left, many)
    if not any(alike.rest for alike in rules):
        return
    places = 0
    for alike in rules:
        alike.shown = 1
        places += left - alike.name_places(left)
        alike.places, alike.beyond = (), 0
    kept = min(places, left // 2)
    left = _tell_more(rules, left - kept, many - kept) + kept
    for alike in rules:
        left = alike.name_places(left)


def _tell_more(rules: Sequence[_Alike], left: int, many: int) -> int:
    """Tell more of each rule in turn: beyond what is usual in `many` bytes, else in `left`; what is left of those."""
    depth, growing = 1, list(rules)
    while growing:
        still = []
        for alike in growing:
            if not alike.rest:
                continue
            cost = alike.cost()
            if cost <= (left if depth < _ALIKE else min(left, many)):
                alike.shown += 1
                left, many = left - cost, many - cost
                still.append(alike)
        depth, growing = depth + 1, still
    return left


def _by_rule(room: Room, rules: Sequence[_Alike], frame: Frame, share: float) -> str:
    """Each rule by name and count, and in words as far as there is room; where even names don't fit, those that do."""
    lines = [alike.brief() for alike in rules]
    left = int(room.left * share) - size(frame(lines, 0)) - 2
    if left < 0:
        return room.rows(frame, lines, len(lines), share)
    for at, alike in enumerate(rules):
        (longer,) = alike.lines()
        needed = size(longer) - size(lines[at])
        if needed > left:
            break
        lines[at], left = longer, left - needed
    else:
        at = len(rules)
    for later, alike in enumerate(rules[at:], at):
        place = _place(alike.findings[0])
        alike.places = [room.flavor.code(place)] if place else ()
        needed = size(alike.brief()) - size(lines[later])
        if needed <= left:
            lines[later], left = alike.brief(), left - needed
    return room.block(frame(lines, 0))
