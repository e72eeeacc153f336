"""What the URL of a server says: where it is, what people may see of it, and how it is spoken to on the way."""

import re
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import conninfo, pq

from tenantry.backends.ledger.database import IDLE_SECONDS

SYSTEM = "system"
"""The word of libpq for the certificates that its OpenSSL trusts."""
_REACHED_WITHIN = 10
_LOCAL = ("", "localhost", "127.0.0.1", "::1")
_SYSTEM_KNOWN = 160000
"""The first libpq that knows that word."""
_CLEAR = re.compile("[a-z]+://[^/@]*(@[^/@]*)?(/[^@?]*([?].*)?)?", re.DOTALL)
"""A URL in which no `@` or `/` of a password is taken for the end of it, so that its rest is taken for a host."""


def visible(url: str) -> str:
    """What people may see of a URL. ValueError where it is none; no word of it is told then, since it may be a secret.

    What can't be seen here is a password, wherever it stands.
    """
    try:
        told = conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        raise ValueError("not a URL") from None
    hosts, ports = (str(told.get(key) or "").split(",") for key in ("host", "port"))
    if not (_CLEAR.fullmatch(url) and all(re.fullmatch("[0-9]*", port) for port in ports)):
        raise ValueError("not a URL")
    if hosts == [""]:
        hosts = str(told.get("hostaddr") or "").split(",")
    ports = ports if len(ports) == len(hosts) else ports[:1] * len(hosts)
    servers = ",".join(_server(host, port) for host, port in zip(hosts, ports, strict=True))
    return f"postgresql://{servers}/{told.get('dbname') or ''}"


def options(url: str, roots: str) -> dict[str, Any]:
    """What is said to the driver beside the URL.

    A server elsewhere is spoken to as web sites are, unless the URL says otherwise: it has to prove by a certificate
    of `roots` (a file, or `system`) that it is the one that was asked for.
    """
    told = conninfo.conninfo_to_dict(url)
    more: dict[str, Any] = {
        "application_name": "tenantry",
        "connect_timeout": _REACHED_WITHIN,
        "keepalives_idle": IDLE_SECONDS // 2,
        "tcp_user_timeout": IDLE_SECONDS * 1000,
    }
    if told.get("host"):
        more["hostaddr"] = ""  # else one of the environment, or of a service that it names, would be asked instead
    if "sslmode" not in told and _elsewhere(told):
        more["sslmode"] = "verify-full"
        if roots != SYSTEM or pq.version() >= _SYSTEM_KNOWN:
            more["sslrootcert"] = roots
    # every text of a ledger must be sayable, whatever the URL says
    return {key: value for key, value in more.items() if key not in told} | {"client_encoding": "utf-8"}


def _elsewhere(told: Mapping[str, Any]) -> bool:
    """Whether the server may be on another machine; where the URL names none, the environment does."""
    if "service" in told:
        return True
    named = told
    if not (told.get("host") or told.get("hostaddr")):
        named = {item.keyword.decode(): (item.val or b"").decode() for item in pq.Conninfo.get_defaults()}
    places = f"{named.get('host') or ''},{named.get('hostaddr') or ''}".split(",")
    return not all(place in _LOCAL or place.startswith(("/", "@")) for place in places)


def _server(host: str, port: str) -> str:
    """One server, without the folder of its socket."""
    bracketed = f"[{host}]" if ":" in host else host if not host.startswith("/") else ""
    return f"{bracketed}{f':{port}' if port else ''}"
