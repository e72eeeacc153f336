"""The expressions of GitHub's workflows, as far as those of `init --ci` use them; anything else is an error."""

import re
from collections.abc import Callable, Mapping
from typing import Any

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(&&|\|\||==|!=|!|\(|\)|,)|([A-Za-z_][A-Za-z0-9_.-]*))")
_INSIDE = re.compile(r"\$\{\{(.*?)\}\}")
STATUS = ("always", "success", "failure", "cancelled")


class Expression:
    """One expression in its surroundings: contexts by name, and functions."""

    def __init__(self, text: str, contexts: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> None:
        self._contexts, self._functions = contexts, functions
        self._tokens: list[str] = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            assert found, f"nobody can read {text[at:]!r}"
            self._tokens.append(found[0].strip())
            at = found.end()

    def value(self) -> Any:
        found = self._either()
        assert not self._tokens, f"{self._tokens} is left over"
        return found

    def _take(self, *wanted: str) -> str | None:
        return self._tokens.pop(0) if self._tokens and self._tokens[0] in wanted else None

    def _either(self) -> Any:
        found = self._both()
        while self._take("||"):
            other = self._both()
            found = found or other
        return found

    def _both(self) -> Any:
        found = self._equal()
        while self._take("&&"):
            other = self._equal()
            found = found and other
        return found

    def _equal(self) -> Any:
        found = self._single()
        if sign := self._take("==", "!="):
            other = self._single()
            one, two = ("" if item is None else item for item in (found, other))
            assert type(one) is type(two), f"{one!r} and {two!r} are of two kinds"
            same = one.lower() == two.lower() if isinstance(one, str) else one == two
            return same == (sign == "==")
        return found

    def _single(self) -> Any:
        if self._take("!"):
            return not self._single()
        if self._take("("):
            found = self._either()
            assert self._take(")")
            return found
        word = self._tokens.pop(0)
        if word.startswith("'"):
            return word[1:-1].replace("''", "'")
        if self._take("("):
            arguments = []
            while not self._take(")"):
                arguments.append(self._either())
                self._take(",")
            return self._functions[word](*arguments)
        first, *keys = word.split(".")
        found = self._contexts[first]
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found


def filled_in(text: Any, contexts: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> str:
    """A text with the values of the expressions in it."""

    def put(found: re.Match[str]) -> str:
        value = Expression(found[1], contexts, functions).value()
        if isinstance(value, bool):
            return str(value).lower()
        return "" if value is None else str(value)

    return _INSIDE.sub(put, str(text))


def holds(text: str | None, contexts: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> bool:
    """Whether a condition holds: without a function of the status in it, only after success."""
    inner = _INSIDE.fullmatch(text or "success()")
    bare = inner[1] if inner else text or "success()"
    if not re.search(rf"\b(?:{'|'.join(STATUS)})\(", bare):
        bare = f"success() && ({bare})"
    return bool(Expression(bare, contexts, functions).value())
