"""A small HTTP server that plays the model providers and the agents' backend services, one path prefix a run."""

from __future__ import annotations

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from . import wire
from .session import RUNS, Reply, Run

TOKENS_PER_SECOND = {"gpt-4o": 70, "gpt-4o-mini": 95, "gpt-4.1": 80, "gpt-4.1-mini": 110, "o4-mini": 120, "gemini-2.5-flash": 180}

ANTHROPIC_ERRORS = {"rate_limit_exceeded": "rate_limit_error", "server_error": "api_error"}


def latency(run: Run, model: str, usage: dict, slow: float) -> float:
    """Simulated seconds of a model call: a start-up time, then output at the model's pace."""
    first = run.rng.lognormvariate(-0.7, 0.35) + usage["input"] * 2e-5
    return slow * (first + usage["output"] / TOKENS_PER_SECOND.get(model, 75))


class Handler(BaseHTTPRequestHandler):
    """Routes /run/<id>/<door>/…: doors are openai, anthropic and svc."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        """Only services are asked with GET."""
        self._route()

    def do_POST(self) -> None:
        """Model calls and services."""
        self._route()

    def _route(self) -> None:
        path, _, query = self.path.partition("?")
        _, _, run_id, door, rest = path.split("/", 4)
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        body = json.loads(raw) if raw else {}
        run = RUNS[run_id]
        if door == "svc":
            self._service(run, urllib.parse.unquote("/" + rest), query, body)
        else:
            with run.lock:
                status, answer = ask(run, door, body)
            self._send(status, json.dumps(answer).encode())

    def _service(self, run: Run, path: str, query: str, body: dict) -> None:
        with run.lock:
            answer = run.service(run, self.command, path, query, body)
        if answer.hang:
            threading.Event().wait(answer.hang)
            self.close_connection = True
            return
        run.clock.advance(answer.latency)
        self._send(answer.status, (answer.body if answer.text else json.dumps(answer.body)).encode())

    def _send(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        try:
            self.wfile.write(data)
        except OSError:
            self.close_connection = True


def ask(run: Run, door: str, body: dict) -> tuple[int, dict]:
    """One model call: asks the policy, counts, notes the event and renders the reply."""
    anthropic = door == "anthropic"
    run.requests += 1
    conv = (wire.read_anthropic if anthropic else wire.read_openai)(body)
    messages = ([{"role": "system", "content": body["system"]}] if "system" in body else []) + body["messages"]
    event = {
        "kind": "llm",
        "start": run.clock.now(),
        "provider": "anthropic" if anthropic else "google" if body["model"].startswith("gemini") else "openai",
        "model": body["model"],
        "messages": messages,
        "tools": body.get("tools") or [],
        "system": conv.system,
    }
    run.events.append(event)
    reply = run.policy(run, conv)
    usage, finish = wire.count(run, body, reply, body.get("max_tokens") or body.get("max_completion_tokens"))
    most = wire.MAX_CONTEXT.get(body["model"], wire.CONTEXT)
    if reply.status == 200 and usage["input"] > most:
        text = f"This model's maximum context length is {most} tokens. However, your messages resulted in {usage['input']} tokens. Please reduce the length of the messages."
        reply = Reply(status=400, code="context_length_exceeded", message=text)
    if reply.status != 200:
        run.clock.advance(run.rng.uniform(0.05, 0.4) * reply.slow)
        if anthropic:
            reply.code = ANTHROPIC_ERRORS.get(reply.code, reply.code)
        event.update(end=run.clock.now(), error=f"{reply.status} {reply.code}: {reply.message}", status=reply.status)
        problem = {"type": reply.code, "code": reply.code, "message": reply.message, "param": None}
        return reply.status, {"type": "error", "error": problem} if anthropic else {"error": problem}
    run.clock.advance(latency(run, body["model"], usage, reply.slow))
    answer = (wire.write_anthropic if anthropic else wire.write_openai)(run, body["model"], reply, usage, finish)
    event.update(end=run.clock.now(), usage=usage, finish=finish, answer=answer, text=reply.text)
    return 200, answer


def start() -> tuple[ThreadingHTTPServer, str]:
    """Start the server on a free port; returns it and its base address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"
