"""One kept-alive HTTP connection to the workbench. Used by the sender only, never by the agent's threads."""

from __future__ import annotations

import gzip
import http.client
import socket
from typing import Dict, Optional
from urllib.parse import urlsplit

from .version import VERSION

#: Larger bodies are compressed, unless the workbench is on this machine: there it costs more than it saves.
COMPRESS_ABOVE = 8 * 1024
_LOCAL = frozenset(("127.0.0.1", "localhost", "::1"))


class Unreachable(Exception):
    """Nothing answers at the endpoint."""


class Answer:
    """What the workbench said: status, how long to wait in seconds when it says so, and its words."""

    __slots__ = ("retry_after", "status", "text")

    def __init__(self, status: int, retry_after: Optional[float], text: str) -> None:
        self.status = status
        self.retry_after = retry_after
        self.text = text


class Transport:
    """Sends bodies to `{endpoint}/v1/traces`."""

    def __init__(self, endpoint: str, api_key: Optional[str]) -> None:
        parts = urlsplit(endpoint if "//" in endpoint else "//" + endpoint, scheme="http")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"endpoint {endpoint!r} is not an http or https address")
        self._https = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port or (443 if self._https else 80)
        path = parts.path.rstrip("/")
        self._path = path if path.endswith("/v1/traces") else path + "/v1/traces"
        self._headers: Dict[str, str] = {"Content-Type": "application/json", "User-Agent": f"arc_tracer/{VERSION}"}
        if api_key:
            self._headers["X-API-Key"] = api_key
        self._compress = self._host not in _LOCAL
        self._connection: Optional[http.client.HTTPConnection] = None

    def connect(self, timeout: float) -> None:
        """Connects if not connected. Raises `Unreachable`."""
        if self._connection is not None:
            return
        kind = http.client.HTTPSConnection if self._https else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=timeout)
        try:
            connection.connect()
            if connection.sock is not None:
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise Unreachable(str(error) or type(error).__name__) from error
        self._connection = connection

    def post(self, body: bytes, timeout: float) -> Answer:
        """Sends one body. A connection that the other side closed while idle is opened once more. Raises `Unreachable`."""
        headers = self._headers
        if self._compress and len(body) > COMPRESS_ABOVE:
            body = gzip.compress(body, 3)
            headers = dict(headers, **{"Content-Encoding": "gzip"})
        fresh = self._connection is None
        while True:
            self.connect(timeout)
            try:
                return self._exchange(body, headers, timeout)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if fresh or isinstance(error, socket.timeout):
                    raise Unreachable(str(error) or type(error).__name__) from error
                fresh = True

    def _exchange(self, body: bytes, headers: Dict[str, str], timeout: float) -> Answer:
        connection = self._connection
        if connection is None:
            raise OSError("not connected")
        if connection.sock is not None:
            connection.sock.settimeout(timeout)
        connection.request("POST", self._path, body, headers)
        response = connection.getresponse()
        text = response.read(65_536).decode("utf-8", "replace")
        try:
            retry_after: Optional[float] = float(response.headers.get("Retry-After", ""))
        except ValueError:
            retry_after = None
        if not response.isclosed() or response.will_close:
            self.close()
        return Answer(response.status, retry_after, text)

    def close(self) -> None:
        """Closes the connection, if any."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def abandon(self) -> None:
        """Forgets a connection that belongs to the parent of a forked process."""
        self._connection = None
