"""One comment a plan, made once and kept up to date; and what the comment of a merged pull request says.

Only comments of the token's own author count. Anybody can write the marker; nobody else can write as that author.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

from tenantry.errors import OperatorError, PlanAgainError
from tenantry.forges.http import FORBIDDEN, MISSING, AnswerError, UncertainError
from tenantry.forges.marker import Marker, effect_in, same

TURNS = 3
LOOKS = (3.0, 6.0)
"""Seconds between looks at what made a commit: a forge may know of a merge a little later than its pipeline runs."""
_TOO_LARGE = 413
REPLACED = "<!-- tenantry:replaced -->\nThis plan was replaced by another comment of this pull request."

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment that the token's author wrote. `handle` is whatever its forge knows it by; `where` is for people."""

    handle: Any
    body: str
    where: str


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a body: `where` it stands, or, where it was refused, which permission is lacking."""

    status: Literal["created", "updated", "unchanged", "refused"]
    where: str


class Forge(Protocol):
    """What a platform can do. Each raises AnswerError where the server won't, OperatorError where it can't."""

    lacking: str
    """Which permission is lacking where it won't."""

    def own(self, pull: int) -> Iterable[Comment]:
        """The comments of a pull request that the author of the token wrote, the oldest first."""

    def create(self, pull: int, body: str, *, active: bool | None) -> Comment:
        """Write a comment. `active`: leave it open for somebody to resolve, where a platform knows that."""

    def update(self, pull: int, comment: Comment, body: str, *, active: bool | None) -> None:
        """Write a comment anew."""

    def merged_as(self, commit: str) -> Iterable[int]:
        """The pull requests whose merge made this commit."""


def post(forge: Forge, pull: int, marker: Marker, text: str, *, active: bool | None) -> Posted:
    """Let a text be the comment of this marker. OperatorError where it is too long, or the forge fails."""
    try:
        return _kept(forge, pull, marker, marker.put(text), active=active)
    except AnswerError as error:
        if error.status in (FORBIDDEN, MISSING):
            return Posted("refused", f"{error} {forge.lacking}")
        if error.status == _TOO_LARGE or "too long" in error.said or "longer than" in error.said:
            raise OperatorError(
                f"The comment is too long: {len(marker.put(text).encode())} bytes. {error}",
                "Give the command that wrote the Markdown a smaller --max-bytes.",
            ) from None
        raise


def reviewed(forge: Forge, marker: Marker, commit: str, wait: Callable[[float], None]) -> str:
    """The effect that was reviewed. PlanAgainError where none was, or more than one."""
    for pause in (*LOOKS, None):
        pulls = sorted(_readable(forge, lambda: list(forge.merged_as(commit))))
        if pulls or pause is None:
            break
        wait(pause)
    if len(pulls) != 1:
        told = f"is the merge of {len(pulls)}: {', '.join(map(str, pulls))}" if pulls else "is the merge of none"
        raise PlanAgainError(
            f"A single pull request has to tell what was reviewed, and commit {commit[:12]} {told}.",
            "Plan this commit, and have the plan reviewed.",
        )
    [pull] = pulls
    effects = {effect_in(item.body) for item in _readable(forge, lambda: _marked(forge, pull, marker))}
    if len(effects) != 1:
        told = "several comments that tell different effects" if effects else "no comment with a plan"
        key = "" if marker.key is None else f" and the key {marker.key}"
        raise PlanAgainError(
            f"Pull request {pull} has {told} by the author of this token{key}.",
            "Plan this commit, and have the plan reviewed.",
        )
    return str(effects.pop())


def _kept(forge: Forge, pull: int, marker: Marker, body: str, *, active: bool | None) -> Posted:
    why = ""
    for _ in range(TURNS):
        mine = _marked(forge, pull, marker)
        if mine:
            return _renewed(forge, pull, mine, body, active=active)
        try:
            return Posted("created", forge.create(pull, body, active=active).where)
        except UncertainError as error:
            why = str(error)  # whether it is there all the same, the next look tells
    raise OperatorError(f"The comment can't be written. {why}", "Try again later.")


def _renewed(forge: Forge, pull: int, mine: list[Comment], body: str, *, active: bool | None) -> Posted:
    """The first is kept up to date; what two jobs at once have made beside it is no plan any more."""
    first, *others = mine
    for other in others:
        forge.update(pull, other, REPLACED, active=None if active is None else False)
    if same(first.body, body):
        return Posted("updated" if others else "unchanged", first.where)
    forge.update(pull, first, body, active=active)
    return Posted("updated", first.where)


def _marked(forge: Forge, pull: int, marker: Marker) -> list[Comment]:
    return [comment for comment in forge.own(pull) if marker.stands_in(comment.body)]


def _readable(forge: Forge, act: Callable[[], Answer]) -> Answer:
    try:
        return act()
    except AnswerError as error:
        if error.status not in (FORBIDDEN, MISSING):
            raise
        raise OperatorError(f"What was reviewed can't be read: {error}", forge.lacking) from None
