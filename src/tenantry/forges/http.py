"""A JSON client of one host: what may be sent again is, the token goes nowhere else, and nothing is read without end.

A failure is an exception; none has the token in its text, whatever the server said.
"""

import http.client
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tenantry.errors import OperatorError
from tenantry.forges.pauses import BACKOFF, pause_asked, throttled

SILENCE = 20.0
"""Seconds without a byte after which a connection is given up."""
PATIENCE = 120.0
"""Seconds that a command takes in all, pauses included."""
PAGES = 200
BYTES = 16 * 1024 * 1024
REDIRECTS = 5
AT_HOME = ("localhost", "127.0.0.1", "::1")
FORBIDDEN, MISSING = 403, 404
_REDIRECTING = (301, 302, 303, 307, 308)
_AS_IT_WAS = (307, 308)
_PASSING = (502, 503, 504)
_SIGN_IN = 203
"""The status with which Azure DevOps shows a page to sign in at, in place of an answer."""
_UNKNOWN = (401, _SIGN_IN)


@dataclass(frozen=True, slots=True)
class Pace:
    """The door's clock: `wait` sleeps for so many seconds, `passed` tells how many the command has taken."""

    wait: Callable[[float], None]
    passed: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Token:
    """A secret, and the header in which it is sent; neither is in its `repr`."""

    header: str
    value: str = field(repr=False)
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what no token is: http.client would show such a header in its error."""
        if re.fullmatch(r"[!-~]+", self.secret, re.ASCII) is None:
            raise OperatorError(
                "The token holds a space, a line break or another character that no token has.",
                "Look at how the secret was stored.",
            )


class AnswerError(OperatorError):
    """A server answered that it can't or won't. `said` is its own sentence, made harmless."""

    def __init__(self, message: str, status: int, said: str) -> None:
        super().__init__(message, "The token is wrong, or it has expired." if status in _UNKNOWN else "")
        self.status = status
        self.said = said


class UncertainError(OperatorError):
    """Nobody knows whether what was sent has been done."""


class _LostError(Exception):
    """No whole answer came."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes


class _Staying(urllib.request.HTTPRedirectHandler):
    """Follows nothing: where a redirect leads is looked at first."""

    def http_error_302(self, *_: Any, **__: Any) -> None:
        """Leave the redirect to whoever asked."""

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


class Client:
    """A server's JSON, below one address. Proxies are those of the environment, as urllib reads them."""

    def __init__(self, address: str, token: Token, headers: Mapping[str, str], pace: Pace) -> None:
        """OperatorError where the address can't be trusted with a token."""
        try:
            parts = urllib.parse.urlsplit(address)
        except ValueError:
            parts = urllib.parse.urlsplit("")
        local = parts.scheme == "http" and parts.hostname in AT_HOME
        if not (parts.hostname and (parts.scheme == "https" or local)) or "@" in parts.netloc:
            raise OperatorError(
                f"{parts.scheme or 'no scheme'}://{parts.hostname or ''} is no address that a token is sent to.",
                "It has to begin with https://, and to hold no user name.",
            )
        self.host = parts.netloc
        self._address = address.rstrip("/")
        self._token, self._headers, self._pace = token, headers, pace
        self._ask = urllib.request.build_opener(_Staying()).open

    def get(self, path: str, **query: str) -> Any:
        """The data at a path."""
        return self._sound(self._exchange("GET", self._url(path, query), None, again=True))

    def send(self, method: str, path: str, data: Mapping[str, Any], *, again: bool, **query: str) -> Any:
        """Send data. `again`: doing it twice is as good as once. UncertainError where it isn't and no answer came."""
        return self._sound(self._exchange(method, self._url(path, query), json.dumps(data).encode(), again=again))

    def pages(self, path: str, inside: str | None = None, **query: str) -> Iterator[dict[str, Any]]:
        """Every item of a list over all its pages, or an exception: a list that broke off is not a short list.

        `inside` is the key under which the items of a page stand.
        """
        url, seen = self._url(path, query), set[str]()
        for _ in range(PAGES):
            seen.add(url)
            answer = self._exchange("GET", url, None, again=True)
            found = self._sound(answer)
            rows = found.get(inside) if inside is not None and isinstance(found, dict) else found
            if not isinstance(rows, list):
                raise OperatorError(f"{self.host} answered with something else than a list to GET {path}.")
            yield from (row for row in rows if isinstance(row, dict))
            following = self._following(answer.headers, url, path, query)
            if following is None:
                return
            if following in seen:
                raise OperatorError(f"{self.host} leads round in a circle through the pages of {path}.")
            url = following
        raise OperatorError(f"{self.host} has more than {PAGES} pages of {path}.")

    def _url(self, path: str, query: Mapping[str, str]) -> str:
        return f"{self._address}{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")

    def _following(self, headers: Mapping[str, str], url: str, path: str, query: Mapping[str, str]) -> str | None:
        page, continuation = headers.get("x-next-page", ""), headers.get("x-ms-continuationtoken", "")
        if page.isdecimal():
            return self._url(path, {**query, "page": page})
        if continuation:
            return self._url(path, {**query, "continuationToken": continuation})
        link = re.search(r'<([^<>]*)>\s*;[^,<]*\brel="?next\b', headers.get("link", ""))
        return self._here(url, link[1]) if link else None

    def _here(self, url: str, target: str) -> str:
        """Where the server sends us from an address; OperatorError where that is another server."""
        home = urllib.parse.urlsplit(self._address)
        try:
            url = urllib.parse.urljoin(url, target)
            there = urllib.parse.urlsplit(url)
        except ValueError:
            raise OperatorError(f"{self.host} leads to what is no address.") from None
        if (there.scheme, there.netloc) != (home.scheme, home.netloc):
            raise OperatorError(
                f"{self.host} leads to {self._harmless(there.netloc)}, and the token isn't for that server.",
                "Give the address under which the server really is.",
            )
        return url

    def _exchange(self, method: str, url: str, data: bytes | None, *, again: bool) -> _Answer:
        """One answer, after as many turns as it takes and as there is patience for."""
        for pause in (*BACKOFF, None):
            asked: float | None = None
            try:
                answer = self._followed(method, url, data)
            except _LostError as lost:
                why, certain = str(lost), False
            else:
                waiting = throttled(answer.status, answer.headers, answer.content)
                if not waiting and answer.status not in _PASSING:
                    return answer
                why, certain = f"it answered {answer.status}", waiting
                asked = pause_asked(answer.headers)
            if pause is None:
                break
            wait = pause if asked is None else asked
            if self._pace.passed() + wait > PATIENCE:
                why = f"{why}, and is to be asked again in {wait:.0f} seconds at the earliest"
                break
            self._pace.wait(wait)
            if not (again or certain):
                raise UncertainError(f"{self.host} can't be reached: {why}.")
        raise OperatorError(f"{self.host} can't be reached: {why}.", "Try again later.")

    def _followed(self, method: str, url: str, data: bytes | None) -> _Answer:
        """One answer that is no redirect."""
        for _ in range(REDIRECTS):
            answer = self._once(method, url, data)
            target = answer.headers.get("location")
            if answer.status not in _REDIRECTING or target is None:
                return answer
            url = self._here(url, target)
            if method != "GET" and answer.status not in _AS_IT_WAS:
                raise OperatorError(f"{self.host} sends a {method} elsewhere with status {answer.status}.")
        raise OperatorError(f"{self.host} redirects without an end.")

    def _once(self, method: str, url: str, data: bytes | None) -> _Answer:
        request = urllib.request.Request(url, data, dict(self._headers), method=method)  # noqa: S310 - http(s) only, see above
        request.add_header("User-Agent", "tenantry")
        if data is not None:
            request.add_header("Content-Type", "application/json")
        request.add_unredirected_header(self._token.header, self._token.value)
        try:
            try:
                response = self._ask(request, timeout=SILENCE)
            except urllib.error.HTTPError as answered:
                response = answered
            with response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                return _Answer(response.status, headers, self._content(response))
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            if "CERTIFICATE_VERIFY_FAILED" in str(reason):
                raise OperatorError(
                    f"{self.host} shows a certificate that isn't trusted here: {self._harmless(str(reason))}.",
                    "Where you have an authority of your own, let SSL_CERT_FILE name the file of its certificate.",
                ) from None
            said = "no answer in time" if isinstance(reason, TimeoutError) else str(reason) or type(reason).__name__
            raise _LostError(self._harmless(said)) from None

    def _content(self, response: Any) -> bytes:
        parts: list[bytes] = []
        size = 0
        while part := response.read1(64 * 1024):  # whatever is there: a server that drips must not hold us
            parts.append(part)
            size += len(part)
            if size > BYTES:
                raise OperatorError(f"{self.host} answered with more than {BYTES} bytes.")
            if self._pace.passed() > PATIENCE:
                raise TimeoutError
        promised = response.headers.get("content-length") or ""
        if promised.isdecimal() and int(promised) != size:
            raise http.client.IncompleteRead(b"", int(promised) - size)
        return b"".join(parts)

    def _sound(self, answer: _Answer) -> Any:
        """The data of an answer; AnswerError where it is a failure."""
        try:
            data, broken = json.loads(answer.content), False
        except (ValueError, RecursionError):
            data, broken = None, True
        if not 200 <= answer.status < 300 or answer.status == _SIGN_IN:
            said = self._harmless(_told(data))
            message = f"{self.host} answered {answer.status}{f': {said}' if said else ''}."
            raise AnswerError(message, answer.status, said)
        if broken:
            raise OperatorError(
                f"{self.host} answered {answer.status} with something that isn't JSON.",
                "Is this the address of the interface, and is there no page to sign in at before it?",
            )
        return data

    def _harmless(self, text: str) -> str:
        for secret in (self._token.value, self._token.secret):
            text = text.replace(secret, "***")
        text = " ".join(text.split())
        return (text if len(text) <= 300 else f"{text[:299]}…").rstrip(".")


def _told(data: Any) -> str:
    """The sentence in an error's JSON, whichever of the known shapes it has."""
    if not isinstance(data, dict):
        return ""
    told: list[Any] = [data.get("message") or data.get("error") or ""]
    errors = data.get("errors")
    told += [item.get("message") for item in errors if isinstance(item, dict)] if isinstance(errors, list) else []
    try:
        return "; ".join(item if isinstance(item, str) else json.dumps(item) for item in told if item)
    except RecursionError:
        return ""
