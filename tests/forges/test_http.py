"""The JSON client: what is sent where, what is sent again, and when it gives up."""

import socket
import ssl
import subprocess
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.forges.local_server import Asked, Reply, Server, Watch

from tenantry.errors import OperatorError
from tenantry.forges import http
from tenantry.forges.http import BYTES, AnswerError, Client, Token, UncertainError

SECRET = "CANARY-77aa01"  # noqa: S105 - no secret
LISTED = [{"number": number} for number in range(250)]


def token() -> Token:
    return Token("Authorization", f"Bearer {SECRET}", SECRET)


class Line:
    """A client and the server at its other end."""

    def __init__(self, server: Server) -> None:
        self.server, self.watch = server, Watch()
        self.client = Client(server.address, token(), {"Accept": "application/json"}, self.watch.pace)

    def get(self, *replies: Reply) -> Any:
        self.server.disturb("GET", *replies)
        return self.client.get("/a")

    def fails(self, *replies: Reply) -> str:
        with pytest.raises(OperatorError) as caught:
            self.get(*replies)
        return f"{caught.value} {caught.value.hint}"


def echo(asked: Asked) -> Reply:
    return Reply(data={"path": asked.path, "data": asked.data})


@pytest.fixture
def line() -> Iterator[Line]:
    with Server(echo) as server:
        yield Line(server)


# what is sent


def test_a_request_has_the_token_the_agent_and_the_headers_that_were_given(line: Line) -> None:
    assert line.client.get("/a%20b", q="x&y=1", page="2") == {"path": "/a%20b", "data": None}
    [asked] = line.server.asked
    assert (asked.method, asked.query) == ("GET", {"q": "x&y=1", "page": "2"})
    assert asked.headers["authorization"] == f"Bearer {SECRET}"
    assert (asked.headers["user-agent"], asked.headers["accept"]) == ("tenantry", "application/json")


def test_data_is_sent_as_json_whatever_characters_it_has(line: Line) -> None:
    data = {"body": "é ✖ 会社 \u2028 \ud800 \0 \"'\n"}
    assert line.client.send("PATCH", "/a", data, again=True)["data"] == data
    assert line.server.asked[0].headers["content-type"] == "application/json"


# where it is sent


@pytest.mark.parametrize(
    "address",
    [
        "http://git.example/api",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "ftp://localhost/",
        "file:///etc/passwd",
        "https://",
        "localhost:8080",
        "",
        "https://[",
        "https://ada:secret@git.example",
        "https://git.example@elsewhere.example",
    ],
)
def test_an_address_that_a_token_can_t_be_trusted_to_is_refused(address: str) -> None:
    with pytest.raises(OperatorError) as caught:
        Client(address, token(), {}, Watch().pace)
    assert "https://" in caught.value.hint
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("address", ["https://git.example", "http://localhost:1", "http://[::1]:1", "http://127.0.0.1"])
def test_an_address_with_tls_or_at_home_is_fine(address: str) -> None:
    Client(address, token(), {}, Watch().pace)


@pytest.mark.parametrize("text", ["", "two words", "broken\nline", "tab\t", "é", "\0", "nbsp\u00a0"])
def test_a_token_that_can_t_be_one_is_refused_before_anybody_could_print_it(text: str) -> None:
    with pytest.raises(OperatorError) as caught:
        Token("Authorization", f"Bearer {text}", text)
    assert "The token holds" in str(caught.value)
    assert not text or text not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_redirect_takes_the_token_to_another_server(line: Line, status: int, method: str) -> None:
    with Server(echo) as thief:
        for target in (f"{thief.address}/a", f"//{thief.address[7:]}/a", "https://evil.example/", "ftp://x/", "//["):
            line.server.disturb(method, Reply(status=status, headers={"Location": target}))
            with pytest.raises(OperatorError, match="leads to"):
                line.client.get("/a") if method == "GET" else line.client.send(method, "/a", {}, again=True)
    assert thief.asked == []


def test_a_redirect_on_the_same_server_is_followed(line: Line) -> None:
    assert line.get(Reply(status=301, headers={"Location": "/b"})) == {"path": "/b", "data": None}
    assert line.server.asked[1].headers["authorization"] == f"Bearer {SECRET}"
    line.server.disturb("POST", Reply(status=307, headers={"Location": "/b"}))
    assert line.client.send("POST", "/a", {"x": 1}, again=False) == {"path": "/b", "data": {"x": 1}}


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirect_that_would_turn_a_write_into_a_read_is_an_error(line: Line, status: int) -> None:
    line.server.disturb("POST", Reply(status=status, headers={"Location": "/b"}))
    with pytest.raises(OperatorError, match=str(status)):
        line.client.send("POST", "/a", {}, again=True)
    assert line.server.lines() == ["POST /a"]


def test_redirects_have_an_end(line: Line) -> None:
    assert "without an end" in line.fails(*[Reply(status=302, headers={"Location": "/a"})] * 9)
    assert len(line.server.asked) == 5


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch, line: Line) -> None:
    monkeypatch.setenv("http_proxy", line.server.address)
    monkeypatch.delenv("no_proxy", raising=False)
    client = Client("http://localhost:1", token(), {}, Watch().pace)
    assert client.get("/through")["path"].endswith("/through")
    assert line.server.asked[0].headers["host"] == "localhost:1"


# what is sent again


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_server_that_is_busy_is_asked_again_and_given_time(line: Line, status: int) -> None:
    assert line.get(*[Reply(status=status, raw=b"<html>")] * 3) == {"path": "/a", "data": None}
    assert line.watch.waits == [1.0, 2.0, 4.0]


def test_a_server_that_stays_busy_is_given_up(line: Line) -> None:
    assert "answered 503" in line.fails(*[Reply(status=503)] * 9)
    assert line.watch.waits == [1.0, 2.0, 4.0, 8.0]
    assert len(line.server.asked) == 5


@pytest.mark.parametrize(
    ("text", "pause"),
    [("0", 0.0), ("3", 3.0), ("Tue, 24 Nov 2026 09:00:30 GMT", 30.0), ("Tue, 24 Nov 2026 08:00:00 GMT", 0.0)]
    + [(text, 1.0) for text in ("-5", "1.5", "NaN", "inf", "1e9", "soon", "", "٣", "Tue, 99 Nov 2026 09:00:30 GMT")],
)
def test_the_pause_is_the_one_that_the_server_asks_for_where_it_makes_sense(
    line: Line, text: str, pause: float
) -> None:
    headers = {"Retry-After": text.encode().decode("latin-1"), "Date": "Tue, 24 Nov 2026 09:00:00 GMT"}
    line.get(Reply(status=429, headers=headers))
    assert line.watch.waits == [pause]


@pytest.mark.parametrize("text", ["121", "999999999", "9" * 400, "Fri, 24 Nov 2028 09:00:00 GMT"])
def test_a_pause_beyond_all_patience_is_told_and_not_waited_for(line: Line, text: str) -> None:
    headers = {"Retry-After": text, "Date": "Tue, 24 Nov 2026 09:00:00 GMT"}
    assert "at the earliest" in line.fails(Reply(status=429, headers=headers))
    assert line.watch.waits == []


def test_patience_is_for_all_requests_together(line: Line) -> None:
    headers = {"Retry-After": "50"}
    line.get(Reply(status=429, headers=headers), Reply(status=429, headers=headers))
    line.fails(Reply(status=429, headers=headers))
    assert line.watch.waits == [50.0, 50.0]


def test_a_write_that_may_have_been_done_is_not_sent_again(line: Line) -> None:
    for reply in (Reply(gone=True), Reply(status=502), Reply(status=504), Reply(promised=999, data={})):
        line.server.asked.clear()
        line.server.disturb("POST", reply)
        with pytest.raises(UncertainError):
            line.client.send("POST", "/a", {}, again=False)
        assert len(line.server.asked) == 1


def test_a_write_that_was_turned_away_is_sent_again(line: Line) -> None:
    line.server.disturb("POST", Reply(status=429))
    assert line.client.send("POST", "/a", {"x": 1}, again=False)["data"] == {"x": 1}


@pytest.mark.parametrize("reply", [Reply(gone=True), Reply(promised=999, data={}), Reply(delay=0.6), Reply(drip=0.01)])
def test_an_answer_that_breaks_off_or_never_comes_is_asked_for_again(
    line: Line, monkeypatch: pytest.MonkeyPatch, reply: Reply
) -> None:
    monkeypatch.setattr(http, "SILENCE", 0.2)
    if reply.drip:
        reply = Reply(drip=0.5, data={"slow": "x" * 50})
    assert line.get(reply) == {"path": "/a", "data": None}
    assert len(line.server.asked) == 2


def test_an_answer_that_drips_does_not_hold_us(line: Line) -> None:
    watch = Watch()
    began = time.monotonic()
    watch.__class__ = type("Racing", (Watch,), {"at": property(lambda _: (time.monotonic() - began) * 400)})
    client = Client(line.server.address, token(), {}, watch.pace)
    line.server.disturb("GET", Reply(drip=0.02, raw=b"[" + b"1," * 5_000))
    with pytest.raises(OperatorError, match="no answer in time"):
        client.get("/a")
    assert time.monotonic() - began < 5


def test_nobody_at_home_is_an_error_without_a_traceback_of_sockets() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}", token(), {}, Watch().pace)
    with pytest.raises(OperatorError, match="refused") as caught:
        client.get("/a")
    assert caught.value.__cause__ is None
    assert caught.value.hint


def test_a_certificate_that_is_not_trusted_is_an_error_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "cert.pem")
    made = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost")
    names = ("-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate)
    subprocess.run(["openssl", *made, *names], check=True, capture_output=True)  # noqa: S607 - whichever there is
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Server(echo, context) as server:
        watch = Watch()
        with pytest.raises(OperatorError, match="isn't trusted here") as caught:
            Client(server.address, token(), {}, watch.pace).get("/a")
        assert "SSL_CERT_FILE" in caught.value.hint
        assert (server.asked, watch.waits) == ([], [])
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
        client = Client(server.address, token(), {}, watch.pace)
        assert client.get("/a") == {"path": "/a", "data": None}
        server.disturb("GET", Reply(status=307, headers={"Location": server.address.replace("https", "http")}))
        with pytest.raises(OperatorError, match="leads to"):
            client.get("/a")


def test_what_is_no_http_at_all_is_an_error() -> None:
    def talk(listener: socket.socket) -> None:
        for _ in range(5):
            connection, _ = listener.accept()
            with connection:
                connection.recv(10_000)
                connection.sendall(b"220 mail.example ESMTP\r\n" + SECRET.encode() + b"\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=talk, args=(listener,), daemon=True).start()
        client = Client(f"http://127.0.0.1:{listener.getsockname()[1]}", token(), {}, Watch().pace)
        with pytest.raises(OperatorError) as caught:
            client.get("/a")
    assert SECRET not in "".join(traceback.format_exception(caught.value))


# what is believed


@pytest.mark.parametrize("raw", [b"", b"<html>Sign in</html>", b'{"a":', b"\xff\xfe", b"[" * 100_000, b'"\xff"'])
def test_what_is_no_json_is_an_error(line: Line, raw: bytes) -> None:
    assert "isn't JSON" in line.fails(Reply(raw=raw))


def test_a_page_to_sign_in_at_is_no_answer(line: Line) -> None:
    assert "The token is wrong" in line.fails(Reply(status=203, raw=b"<html>Sign in</html>"))


def test_an_answer_without_an_end_is_cut_short(line: Line) -> None:
    assert f"more than {BYTES} bytes" in line.fails(Reply(raw=b'"' + b"x" * (BYTES + 1) + b'"'))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422, 500, 501])
def test_a_failure_has_the_status_and_the_sentence_of_the_server(line: Line, status: int) -> None:
    with pytest.raises(AnswerError, match=rf"answered {status}: No; because\.$") as caught:
        line.get(Reply(status=status, data={"message": "No", "errors": [{"message": "because."}, 3]}))
    assert caught.value.status == status


def test_a_failure_that_says_nothing_is_told_by_its_status(line: Line) -> None:
    assert line.fails(Reply(status=500, raw=b"<html>")).startswith(f"{line.client.host} answered 500.")
    assert line.fails(Reply(status=500, raw=b"[" * 100_000)).startswith(f"{line.client.host} answered 500.")


# pages


def paging(link: Callable[[Asked, int], dict[str, str]]) -> Callable[[Asked], Reply]:
    def answer(asked: Asked) -> Reply:
        page = int(asked.query.get("page") or asked.query.get("continuationToken") or "1")
        return Reply(data=LISTED[(page - 1) * 100 : page * 100], headers=link(asked, page + 1) if page < 3 else {})

    return answer


WAYS: dict[str, Callable[[Asked, int], dict[str, str]]] = {
    "link": lambda _, page: {"Link": f'</a?page={page}>; rel="next", </a?page=3>; rel="last"'},
    "link behind another": lambda _, page: {"Link": f'</a?page=1>; rel="prev", </a?page={page}>; rel="next"'},
    "x-next-page": lambda _, page: {"X-Next-Page": str(page), "Link": '<https://evil.example/>; rel="next"'},
    "continuation": lambda _, page: {"x-ms-continuationtoken": str(page)},
}


@pytest.mark.parametrize("way", WAYS)
def test_every_page_is_read(way: str) -> None:
    with Server(paging(WAYS[way])) as server:
        line = Line(server)
        assert list(line.client.pages("/a", per_page="100")) == LISTED
    assert [asked.headers["authorization"] for asked in server.asked] == [f"Bearer {SECRET}"] * 3


def test_pages_that_lead_to_another_server_are_not_read() -> None:
    elsewhere = paging(lambda *_: {"Link": '<https://evil.example/a>; rel="next"'})
    with Server(elsewhere) as server, pytest.raises(OperatorError, match=r"leads to evil\.example"):
        list(Line(server).client.pages("/a"))


def test_pages_that_lead_round_in_a_circle_have_an_end() -> None:
    back = paging(lambda *_: {"Link": '</a?page=1>; rel="next"'})
    with Server(back) as server, pytest.raises(OperatorError, match="circle"):
        list(Line(server).client.pages("/a"))
    assert len(server.asked) == 2


def test_pages_without_an_end_have_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_more(asked: Asked) -> Reply:
        return Reply(data=[], headers={"X-Next-Page": str(int(asked.query.get("page", "1")) + 1)})

    monkeypatch.setattr(http, "PAGES", 5)
    with Server(one_more) as server, pytest.raises(OperatorError, match="more than 5 pages"):
        list(Line(server).client.pages("/a"))


@pytest.mark.parametrize("data", [None, {}, "x", {"value": {}}, {"value": None}])
def test_what_is_no_list_is_no_empty_list(data: Any) -> None:
    with Server(lambda _: Reply(data=data)) as server:
        for inside in (None, "value"):
            with pytest.raises(OperatorError, match="something else than a list"):
                list(Line(server).client.pages("/a", inside))


def test_items_that_are_none_are_passed_over() -> None:
    with Server(lambda _: Reply(data={"value": [None, 1, [], "x", {"a": 1}]})) as server:
        assert list(Line(server).client.pages("/a", "value")) == [{"a": 1}]


# the token


def test_the_token_is_in_no_text_of_client_or_token(line: Line) -> None:
    assert SECRET not in repr(token()) + str(token()) + repr(line.client) + repr(vars(line.client))


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=500, data={"message": f"you sent Bearer {SECRET} and {SECRET}"}),
        Reply(status=302, headers={"Location": f"https://{SECRET}.example/?token={SECRET}"}),
        Reply(status=422, data={"message": "x", "errors": [{"message": SECRET}]}),
        Reply(status=400, data={"error": {"token": [SECRET]}}),
        Reply(status=200, raw=SECRET.encode()),
    ],
)
def test_the_token_is_in_no_message_and_no_traceback_whatever_the_server_says(line: Line, reply: Reply) -> None:
    line.server.disturb("GET", reply)
    with pytest.raises(OperatorError) as caught:
        line.client.get("/a")
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caught.value.hint
    assert SECRET not in told
