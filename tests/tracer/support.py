"""What the tracer's tests share: a workbench that is only an OTLP endpoint, programs as processes, and waits with a deadline."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import textwrap
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, List, Optional

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "assets", "sdk", "python"))
if SOURCES not in sys.path:
    sys.path.insert(0, SOURCES)

DEADLINE = 15.0


class Span:
    """A span as it came over the wire, with its attributes as plain values."""

    def __init__(self, record: Dict[str, Any], resource: Dict[str, Any]) -> None:
        self.record = record
        self.resource = resource
        self.name: str = record["name"]
        self.trace: str = record["traceId"]
        self.id: str = record["spanId"]
        self.parent: Optional[str] = record.get("parentSpanId")
        self.ended: int = int(record["endTimeUnixNano"])
        self.started: int = int(record["startTimeUnixNano"])
        self.attributes = {item["key"]: plain(item["value"]) for item in record["attributes"]}
        self.failed = record.get("status", {}).get("code") == 2

    def __getitem__(self, key: str) -> Any:
        return self.attributes[key]

    def get(self, key: str) -> Any:
        return self.attributes.get(key)

    def json(self, key: str) -> Any:
        return json.loads(self.attributes[key])


def plain(value: Dict[str, Any]) -> Any:
    """An OTLP AnyValue as a Python value."""
    ((kind, inner),) = value.items()
    if kind == "intValue":
        return int(inner)
    if kind == "arrayValue":
        return [plain(item) for item in inner["values"]]
    return inner


class Workbench:
    """Answers `/v1/traces` and keeps what came. `statuses` are given first, one a request; then 200."""

    def __init__(self, port: int = 0) -> None:
        self.requests: List[Dict[str, Any]] = []
        self.headers: List[Dict[str, str]] = []
        self.statuses: List[int] = []
        self.retry_after: Optional[str] = None
        self.delay = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                time.sleep(outer.delay)
                status = outer.statuses.pop(0) if outer.statuses else 200
                if status == 200:
                    outer.requests.append(json.loads(body))
                    outer.headers.append({"path": self.path, **{k.lower(): v for k, v in self.headers.items()}})
                answer = b'{"partialSuccess":{}}'
                try:
                    self.send_response(status)
                    if status != 200 and outer.retry_after is not None:
                        self.send_header("Retry-After", outer.retry_after)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:
                    pass

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_: Any) -> None:
                pass  # a program that was killed leaves its connection

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def every(self) -> List[Span]:
        """Every span as it came, open ones and repeats included."""
        found = []
        for request in list(self.requests):
            for resource in request["resourceSpans"]:
                attributes = {item["key"]: plain(item["value"]) for item in resource["resource"]["attributes"]}
                for scope in resource["scopeSpans"]:
                    found += [Span(record, attributes) for record in scope["spans"]]
        return found

    def spans(self) -> List[Span]:
        """The spans, one each: the ended one wins. By start."""
        known: Dict[str, Span] = {}
        for span in self.every():
            if span.id not in known or span.ended:
                known[span.id] = span
        return sorted(known.values(), key=lambda span: span.started)

    def wait(self, condition: Callable[[List[Span]], Any], seconds: float = DEADLINE) -> List[Span]:
        """The spans once `condition` holds of them; fails after `seconds`."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            spans = self.spans()
            if condition(spans):
                return spans
            time.sleep(0.01)
        raise AssertionError(f"not within {seconds} s; there are {[(s.name, bool(s.ended)) for s in self.spans()]}")


class TracerTest(unittest.TestCase):
    """A test with a workbench of its own."""

    def setUp(self) -> None:
        from arc_tracer import errors

        errors._said.clear()
        self.workbench = Workbench()
        self.addCleanup(self.workbench.close)
        self.addCleanup(self.forget)

    @staticmethod
    def forget() -> None:
        """Lets go of what a test never got sent, so that the next one starts with nothing."""
        from arc_tracer import context, outbox

        context.active_runs.clear()
        for box in outbox.every_outbox():
            box._queue.clear()
            box._held.clear()

    def tracer(self, **options: Any) -> Any:
        from arc_tracer import ArcTracer

        return ArcTracer(options.pop("domain", "finance"), endpoint=self.workbench.url, **options)

    def sent(self, tracer: Any) -> List[Span]:
        """What has been recorded so far, after a flush."""
        self.assertTrue(tracer.flush(DEADLINE), "not flushed in time")
        return self.workbench.spans()

    def program(
        self, text: str, *arguments: str, expect: Optional[int] = 0, environment: Optional[Dict[str, str]] = None
    ) -> "subprocess.CompletedProcess[str]":
        """Runs a program with the tracer on its path and this workbench as its endpoint."""
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(text), *arguments],
            env=self.environment(environment), capture_output=True, text=True, timeout=60,
        )
        if expect is not None:
            self.assertEqual(done.returncode, expect, done.stderr)
        return done

    def environment(self, more: Optional[Dict[str, str]] = None) -> Dict[str, str]:
        return {**os.environ, "PYTHONPATH": SOURCES, "ARC_EVAL_ENDPOINT": self.workbench.url, **(more or {})}


def named(spans: List[Span], name: str) -> Span:
    """The one span of this name."""
    found = [span for span in spans if span.name == name]
    assert len(found) == 1, f"{len(found)} spans are named {name!r} among {[span.name for span in spans]}"
    return found[0]
