"""Runs real agents and keeps what they send: makes the recordings of this folder, one file a run.

    python tests/recordings/record.py --environments ~/.cache/arc-matrix --overlays ~/.cache/arc-overlays
    python tests/recordings/record.py --environments ... --overlays ... --only langchain crewai

The agents, the scripted model and the environments are the matrix's (`tests/matrix`; its `matrix.py --build` makes the environments).
An overlay is an environment that stands on another one and adds instrumentation to it; those that are missing are made. A recording
holds the versions, what really happened, and every request body in order, unpacked if it came packed, then gzipped and in base64.
Paths and names of the machine are replaced by stand-ins of the same length, so that lengths inside the bodies stay right.
"""

import argparse
import base64
import getpass
import gzip
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MATRIX = HERE.parent / "matrix"
sys.path.insert(0, str(MATRIX))

import mock_model  # noqa: E402
from frameworks import FRAMEWORKS, OTEL  # noqa: E402

PROGRAM_SECONDS = 180

#: Overlay: the environment it stands on, and what it adds.
OVERLAYS: Dict[str, Tuple[str, Tuple[str, ...]]] = {
    "otlp-json": ("bare", ("opentelemetry-exporter-otlp-json-http==0.66b1",)),
    "otlp-grpc": ("bare", ("opentelemetry-exporter-otlp-proto-grpc==1.45.2",)),
    "bare+": ("bare", ("opentelemetry-instrumentation-genai-openai==1.3b0", "opentelemetry-instrumentation-genai-anthropic==1.3b0",
                       "opentelemetry-instrumentation-openai==0.62.4", "opentelemetry-instrumentation-anthropic==0.62.4")),
    "openai-v2": ("llama-index", OTEL + ("opentelemetry-instrumentation-openai-v2==2.4b0", "opentelemetry-util-genai==0.4b0")),
    "langchain+": ("langchain", ("opentelemetry-instrumentation-genai-langchain==1.3b0", "opentelemetry-instrumentation-langchain==0.62.4")),
    "openai-agents+": ("openai-agents", ("opentelemetry-instrumentation-genai-openai-agents==1.3b0",
                                         "opentelemetry-instrumentation-openai-agents==0.62.4")),
    "smolagents+": ("smolagents", ("opentelemetry-instrumentation-genai-smolagents==1.2b0",)),
    "autogen+": ("autogen", OTEL + ("openinference-instrumentation-autogen-agentchat==0.1.22",)),
    "agno+": ("agno", ("opentelemetry-instrumentation-genai-agno==1.3b0", "opentelemetry-instrumentation-agno==0.62.4")),
    "crewai+": ("crewai", ("opentelemetry-instrumentation-crewai==0.62.4",)),
    "llama-index+": ("llama-index", ("opentelemetry-instrumentation-genai-llama-index==1.3b0", "opentelemetry-instrumentation-llamaindex==0.62.4")),
    "google-adk+": ("google-adk", ("openinference-instrumentation-google-adk==1.0.5", "opentelemetry-sdk==1.44.0",
                                   "opentelemetry-instrumentation==0.65b0")),
    "haystack+": ("haystack", OTEL + ("opentelemetry-haystack==2.0.0", "openinference-instrumentation-haystack==0.1.46")),
    "dspy+": ("dspy", OTEL + ("openinference-instrumentation-dspy==0.1.48", "opentelemetry-instrumentation-genai-dspy==1.3b0")),
    "semantic-kernel+": ("semantic-kernel", OTEL),
    "agent-framework+": ("agent-framework", OTEL),
}


class Recording(NamedTuple):
    """One run to record."""

    agent: str
    #: As the file is named: `tracer` is our own, `native` the framework's own spans.
    instrumentation: str
    scenario: str
    environment: str
    transport: str = "protobuf"
    #: What the sender does not tell, and how its spans show that; everything else is checked.
    untold: Dict[str, str] = {}
    #: The tool of its own by which the framework ends a run.
    closing: Optional[str] = None
    #: Whether the model's answers come as streams.
    stream: bool = False

    def name(self) -> str:
        framework = re.sub(r"_(agent|sdk|crew|program)$", "", self.agent).replace("_", "-")
        rest = ("-stream" if self.stream else "") + ("" if self.transport == "protobuf" else f"-{self.transport}")
        return f"{framework}-{self.instrumentation}-{self.scenario.replace('_', '-')}{rest}"

    def known_as(self) -> Tuple[str, ...]:
        return next(one.known_as for one in FRAMEWORKS if one.agent == self.agent)


NO_MODEL_CALLS = {"tokens": "no span of a model call, and none on the agent's"}
UNASKED = {"tokens": "the client does not ask for usage in a stream"}

RECORDINGS = (
    Recording("openai_sdk", "openinference", "ok", "bare"),
    Recording("openai_sdk", "openinference", "ok", "otlp-json", "json"),
    Recording("openai_sdk", "openinference", "ok", "bare", "gzip"),
    Recording("openai_sdk", "openinference", "ok", "otlp-grpc", "grpc"),
    Recording("openai_sdk", "openinference", "tool_raises", "bare"),
    Recording("openai_sdk", "genai", "ok", "bare+"),
    Recording("openai_sdk", "traceloop", "ok", "bare+"),
    Recording("openai_sdk", "openai-v2", "ok", "openai-v2"),
    Recording("openai_sdk", "tracer", "ok", "bare"),
    Recording("anthropic_sdk", "openinference", "ok", "bare"),
    Recording("anthropic_sdk", "genai", "ok", "bare+"),
    Recording("anthropic_sdk", "traceloop", "ok", "bare+"),
    Recording("langchain_agent", "openinference", "ok", "langchain"),
    Recording("langchain_agent", "openinference", "tool_raises", "langchain"),
    Recording("langchain_agent", "genai", "ok", "langchain+"),
    Recording("langchain_agent", "traceloop", "ok", "langchain+"),
    Recording("langchain_agent", "tracer", "tool_raises", "langchain"),
    Recording("langgraph_agent", "openinference", "ok", "langchain"),
    Recording("langgraph_agent", "traceloop", "ok", "langchain+"),
    Recording("openai_agents", "openinference", "ok", "openai-agents"),
    Recording("openai_agents", "openinference", "tool_raises", "openai-agents"),
    Recording("openai_agents", "genai", "ok", "openai-agents+", untold=NO_MODEL_CALLS),
    Recording("openai_agents", "traceloop", "ok", "openai-agents+"),
    Recording("pydantic_ai_agent", "native", "ok", "pydantic-ai"),
    Recording("pydantic_ai_agent", "native", "tool_raises", "pydantic-ai"),
    Recording("pydantic_ai_agent", "tracer", "ok", "pydantic-ai"),
    Recording("crewai_crew", "openinference", "ok", "crewai"),
    Recording("llama_index_agent", "openinference", "ok", "llama-index"),
    Recording("smolagents_agent", "openinference", "ok", "smolagents", closing="final_answer"),
    Recording("smolagents_agent", "genai", "ok", "smolagents+", untold=dict.fromkeys(
        ("tokens", "tools"), "one span, invoke_agent, with the question, the answer and the tools' definitions")),
    Recording("llama_index_agent", "genai", "ok", "llama-index+", untold=NO_MODEL_CALLS),
    Recording("llama_index_agent", "traceloop", "ok", "llama-index+", untold=NO_MODEL_CALLS),
    Recording("crewai_crew", "traceloop", "ok", "crewai+", untold={"tools": "spans of the crew, the task and the agent only"}),
    Recording("agno_agent", "genai", "ok", "agno+", untold=NO_MODEL_CALLS),
    Recording("agno_agent", "traceloop", "ok", "agno+"),
    Recording("dspy_program", "genai", "ok", "dspy+"),
    Recording("haystack_agent", "openinference", "ok", "haystack+"),
    Recording("google_adk_agent", "native", "ok", "google-adk"),
    Recording("google_adk_agent", "native-latest", "ok", "google-adk"),
    Recording("google_adk_agent", "native-latest", "tool_raises", "google-adk"),
    Recording("google_adk_agent", "openinference", "ok", "google-adk+", untold={
        "tokens": "three calls of the model, one after the other, wrote over each other's attributes on the agent's span"}),
    Recording("strands_agent", "native-latest", "ok", "strands"),
    Recording("langgraph_agent", "genai", "ok", "langchain+"),
    Recording("langchain_agent", "genai", "tool_raises", "langchain+"),
    Recording("langchain_agent", "traceloop", "tool_raises", "langchain+"),
    Recording("openai_agents", "genai", "tool_raises", "openai-agents+", untold=NO_MODEL_CALLS),
    Recording("openai_agents", "traceloop", "tool_raises", "openai-agents+"),
    Recording("anthropic_sdk", "traceloop", "tool_raises", "bare+"),
    Recording("smolagents_agent", "openinference", "tool_raises", "smolagents", closing="final_answer"),
    Recording("crewai_crew", "openinference", "tool_raises", "crewai"),
    Recording("autogen_agent", "openinference", "tool_raises", "autogen+"),
    Recording("llama_index_agent", "openinference", "tool_raises", "llama-index"),
    Recording("anthropic_sdk", "openinference", "ok", "bare", stream=True),
    Recording("anthropic_sdk", "genai", "ok", "bare+", stream=True),
    Recording("langchain_agent", "openinference", "ok", "langchain", stream=True),
    Recording("langchain_agent", "traceloop", "ok", "langchain+", stream=True),
    Recording("pydantic_ai_agent", "native", "ok", "pydantic-ai", stream=True),
    Recording("crewai_crew", "openinference", "ok", "crewai", stream=True),
    Recording("llama_index_agent", "openinference", "ok", "llama-index", untold=UNASKED, stream=True),
    Recording("smolagents_agent", "openinference", "ok", "smolagents", closing="final_answer", stream=True),
    Recording("agno_agent", "openinference", "ok", "agno", stream=True),
    Recording("autogen_agent", "openinference", "ok", "autogen+", untold={
        "tokens": "the client does not ask for usage in a stream; the spans say 0"}, stream=True),
    Recording("semantic_kernel_agent", "native", "ok", "semantic-kernel+", stream=True),
    Recording("agent_framework_agent", "native", "ok", "agent-framework+", stream=True),
    Recording("strands_agent", "native", "ok", "strands"),
    Recording("strands_agent", "native", "tool_raises", "strands"),
    Recording("agno_agent", "openinference", "ok", "agno"),
    Recording("autogen_agent", "openinference", "ok", "autogen+"),
    Recording("haystack_agent", "native", "ok", "haystack+"),
    Recording("dspy_program", "openinference", "ok", "dspy+", untold={"tokens": "no llm.token_count.* on any span"}, closing="finish"),
    Recording("semantic_kernel_agent", "native", "ok", "semantic-kernel+"),
    Recording("agent_framework_agent", "native", "ok", "agent-framework+"),
    Recording("agent_framework_agent", "native", "tool_raises", "agent-framework+"),
)


class Request(NamedTuple):
    """One request as it came, its body unpacked."""

    path: str
    content_type: str
    packed: bool
    body: bytes


class Recorder:
    """Takes OTLP over HTTP and, where grpcio is there, over gRPC, and keeps it in order of arrival."""

    def __init__(self) -> None:
        self.requests: List[Request] = []
        self._lock = threading.Lock()
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                packed = self.headers.get("content-encoding") == "gzip"
                kind = self.headers.get("content-type", "")
                recorder.add(Request(self.path, kind, packed, gzip.decompress(body) if packed else body))
                answer = b"{}" if "json" in kind else b""
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.grpc_url = self._serve_grpc()

    def add(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)

    def take(self) -> List[Request]:
        with self._lock:
            taken, self.requests = self.requests, []
            return taken

    def _serve_grpc(self) -> Optional[str]:
        try:
            import grpc
        except ImportError:
            return None
        from concurrent import futures
        recorder = self

        class Calls(grpc.GenericRpcHandler):  # type: ignore[misc]
            def service(self, details: Any) -> Any:
                def answer(body: bytes, _context: Any) -> bytes:
                    recorder.add(Request(details.method, "application/grpc", False, body))
                    return b""
                return grpc.unary_unary_rpc_method_handler(answer)

        server = grpc.server(futures.ThreadPoolExecutor(2))
        server.add_generic_rpc_handlers((Calls(),))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self._grpc = server
        return f"127.0.0.1:{port}"


class Scrubber:
    """Replaces what would tell of the machine by stand-ins of the same length."""

    def __init__(self, folders: List[str]) -> None:
        # Longest first: a folder inside another one is replaced as a whole.
        self.folders = sorted({folder.rstrip("/") for folder in folders if len(folder) > 3}, key=len, reverse=True)

    @staticmethod
    def stand_in(folder: str) -> str:
        return ("/" + "desk" * len(folder))[:len(folder)]

    def clean(self, body: bytes) -> bytes:
        for folder in self.folders:
            body = body.replace(folder.encode(), self.stand_in(folder).encode())
        return body

    def remains(self, body: bytes) -> Optional[str]:
        """Something that should not be there, if any is."""
        names = [socket.gethostname(), getpass.getuser()]
        words = [rb"\b" + re.escape(name).encode() + rb"\b" for name in names if len(name) > 2 and name not in ("root", "user")]
        words += [rb"/(?:home|root|tmp|Users|work)/[\w./-]*", rb"host\.name|process\.(?:command|owner|executable)"]
        found = re.search(b"|".join(words), body)
        return found.group(0).decode("utf-8", "replace") if found else None


def overlay(name: str, environments: pathlib.Path, overlays: pathlib.Path) -> pathlib.Path:
    """The Python of an overlay, made if it is missing."""
    base, packages = OVERLAYS[name]
    python = overlays / name / "bin" / "python"
    if not python.exists():
        base_python = environments / base / "bin" / "python"
        subprocess.run([str(base_python), "-m", "venv", "--without-pip", str(overlays / name)], check=True)
        ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
        below, own = (subprocess.check_output([str(one), "-c", ask], text=True).strip() for one in (base_python, python))
        pathlib.Path(own, "base.pth").write_text(below + "\n")
        subprocess.run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages], check=True)
    return python


def line(output: str, word: str) -> Dict[str, Any]:
    found = next((one for one in output.splitlines() if one.startswith(word + " ")), None)
    return dict(json.loads(found[len(word) + 1:])) if found else {}


class Desk:
    """What is needed to record."""

    def __init__(self, environments: pathlib.Path, overlays: pathlib.Path, out: pathlib.Path) -> None:
        self.environments, self.overlays, self.out = environments.resolve(), overlays.resolve(), out
        self.out.mkdir(parents=True, exist_ok=True)
        self.recorder = Recorder()
        self.model_url = mock_model.serve()[1]
        self.empty = tempfile.mkdtemp()
        base = pathlib.Path(sys.base_prefix)
        folders = (ROOT, self.environments, self.overlays, self.empty, base, base.resolve(), pathlib.Path.home())
        self.scrubber = Scrubber([str(folder) for folder in folders])

    def record(self, one: Recording) -> str:
        """Runs it and writes its file; gives a line that says what came of it."""
        mark = uuid.uuid4().hex[:12]
        ours = one.instrumentation == "tracer"
        python = self.environments / one.environment / "bin" / "python"
        if one.environment in OVERLAYS:
            python = overlay(one.environment, self.environments, self.overlays)
        environment = dict(os.environ, MODEL_URL=f"{self.model_url}/{one.scenario}/{mark}", WORKBENCH=self.recorder.url,
                           WORKBENCH_GRPC=f"http://{self.recorder.grpc_url}", DOOR="tracer" if ours else "otel",
                           STREAM="1" if one.stream else "", PYTHONPATH=str(ROOT / "assets" / "sdk" / "python") if ours else "")
        command = [str(python), str(HERE / "instrumented.py"), one.instrumentation, one.transport, str(MATRIX / "agents" / f"{one.agent}.py")]
        self.recorder.take()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PROGRAM_SECONDS, cwd=self.empty)
        came = [request for request in self.recorder.take() if "metrics" not in request.path.lower()]
        requests = [request._replace(body=self.scrubber.clean(request.body)) for request in came]
        result, versions = line(done.stdout, "RESULT"), line(done.stdout, "VERSIONS")
        if not result or not requests:
            return f"{one.name()}: nothing recorded; {(done.stderr.strip().splitlines() or ['silent'])[-1][:300]}"
        remains = next((found for found in (self.scrubber.remains(request.body) for request in requests) if found), None)
        if remains:
            return f"{one.name()}: not kept, it names {remains}"
        told = json.load(urllib.request.urlopen(f"{self.model_url}/told/{mark}"))
        solved = mock_model.ANSWER in str(result["answer"])
        kept = {
            "framework": list(one.known_as()), "agent": one.agent, "instrumentation": one.instrumentation, "scenario": one.scenario, "stream": one.stream,
            "transport": one.transport, "python": result["python"], "versions": versions,
            "happened": {"solved": solved, "answer": result["answer"], "error": result["error"],
                         "tools": [{"name": name, "arguments": arguments} for name, arguments in result["did"]], "told": told},
            "closing": one.closing,
            "untold": one.untold,
            "requests": [{"path": request.path, "content_type": request.content_type, "packed": request.packed,
                          "body": base64.b64encode(gzip.compress(request.body, 9, mtime=0)).decode()} for request in requests],
        }
        (self.out / f"{one.name()}.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        size = sum(len(request.body) for request in requests)
        return f"{one.name()}: {len(requests)} requests, {size} bytes, {'solved' if solved else result['error']}"


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    options.add_argument("--environments", type=pathlib.Path, required=True, help="folder with one virtual environment a framework")
    options.add_argument("--overlays", type=pathlib.Path, required=True, help="folder for the environments that add instrumentation")
    options.add_argument("--only", nargs="+", default=[], help="recordings whose names contain one of these")
    options.add_argument("--out", type=pathlib.Path, default=HERE, help="where the recordings go")
    given = options.parse_args()
    desk = Desk(given.environments, given.overlays, given.out)
    failed = 0
    for one in RECORDINGS:
        if given.only and not any(part in one.name() for part in given.only):
            continue
        try:
            said = desk.record(one)
        except (OSError, subprocess.SubprocessError) as error:
            said = f"{one.name()}: nothing recorded; {error}"
        failed += "nothing recorded" in said or "not kept" in said
        print(said, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
