"""A scripted stand-in for the vendors' model APIs, so that real frameworks can be driven without a model or a network.

    python mock_model.py --port 18090

A client's base URL is  http://127.0.0.1:PORT/<scenario>/<run>/v1  (Anthropic and Gemini: without the `/v1`).
Spoken: OpenAI chat completions, responses and embeddings, Anthropic messages, Gemini generateContent, Bedrock
converse; the first, second, fourth and fifth also as a stream. Nothing but the standard library is needed.

The script is the same for every framework: look the order up, compute the refund, answer. Scenarios bend it:
    ok           the plain course
    tool_raises  the first look-up asks for an order that does not exist; the tool raises
`GET /told/<run>` says what the run was told: the number of calls and the tokens reported, to compare a trace with.
"""

import argparse
import json
import re
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, Iterator, List, Optional, Tuple

ANSWER = "Order A-17 cost 80.00 EUR, so the refund is 20.00 EUR."
LOOK_UP, REFUND = "find_order", "refund_amount"
FAULTS = re.compile(r"error|exception|no order|fail|not found|unknown", re.IGNORECASE)
PROMPT_TOKENS, CACHED_TOKENS, ANSWER_TOKENS, REASONING_TOKENS = 120, 40, 30, 10


class Told:
    """What each run has been answered so far; the truth that a trace is compared with."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: Dict[str, Dict[str, int]] = {}

    def add(self, run: str) -> int:
        with self._lock:
            told = self._runs.setdefault(run, {"calls": 0, "input_tokens": 0, "output_tokens": 0})
            told["calls"] += 1
            told["input_tokens"] += PROMPT_TOKENS
            told["output_tokens"] += ANSWER_TOKENS
            return told["calls"]

    def of(self, run: str) -> Dict[str, int]:
        with self._lock:
            return dict(self._runs.get(run, {}))


class Asked:
    """What the script needs to know of a request, whichever API it came by."""

    def __init__(self, model: str, stream: bool) -> None:
        self.model, self.stream = model, stream
        self.tools: Dict[str, Dict[str, Any]] = {}
        self.results: List[str] = []
        self.text = ""
        self.wants_json = False

    def tool(self, wanted: str) -> Optional[str]:
        """The name under which the framework offers a tool (`Orders-find_order` for `find_order`)."""
        return next((name for name in self.tools if name.endswith(wanted)), None)


def plain(content: Any) -> str:
    """The text in a message's content, however it is nested."""
    if isinstance(content, list):
        return "\n".join(plain(part) for part in content)
    if isinstance(content, dict):
        return plain(next((content[key] for key in ("text", "content", "output", "json") if key in content), json.dumps(content)))
    return "" if content is None else str(content)


def asked_by_chat(body: Dict[str, Any], _path: str) -> Asked:
    asked = Asked(body.get("model", ""), bool(body.get("stream")))
    for tool in body.get("tools") or []:
        function = tool.get("function") or tool
        asked.tools[function.get("name", "")] = function.get("parameters") or {}
    asked.wants_json = (body.get("response_format") or {}).get("type", "text") != "text"
    for message in body.get("messages") or []:
        text = plain(message.get("content"))
        asked.text += "\n" + text
        told = message.get("role") == "user" and re.search(r"^(Observation|Error):", text, re.MULTILINE)
        if told or message.get("role") == "tool":
            asked.results.append(text)
    return asked


def asked_by_responses(body: Dict[str, Any], _path: str) -> Asked:
    asked = Asked(body.get("model", ""), bool(body.get("stream")))
    for tool in body.get("tools") or []:
        asked.tools[tool.get("name", "")] = tool.get("parameters") or {}
    given = body.get("input") or []
    for item in given if isinstance(given, list) else []:
        asked.text += "\n" + plain(item.get("content") or item.get("output"))
        if item.get("type") == "function_call_output":
            asked.results.append(plain(item.get("output")))
    return asked


def asked_by_messages(body: Dict[str, Any], _path: str) -> Asked:
    asked = Asked(body.get("model", ""), bool(body.get("stream")))
    for tool in body.get("tools") or []:
        asked.tools[tool.get("name", "")] = tool.get("input_schema") or {}
    for message in body.get("messages") or []:
        content = message.get("content")
        for part in content if isinstance(content, list) else []:
            if part.get("type") == "tool_result":
                asked.results.append(("error: " if part.get("is_error") else "") + plain(part.get("content")))
    return asked


def asked_by_gemini(body: Dict[str, Any], path: str) -> Asked:
    asked = Asked(path.rsplit("/", 1)[1].split(":")[0], "streamGenerateContent" in path)
    for tool in body.get("tools") or []:
        for function in tool.get("functionDeclarations") or []:
            asked.tools[function["name"]] = function.get("parameters") or function.get("parametersJsonSchema") or {}
    for content in body.get("contents") or []:
        for part in content.get("parts") or []:
            if "functionResponse" in part:
                asked.results.append(json.dumps(part["functionResponse"].get("response")))
    return asked


def asked_by_converse(body: Dict[str, Any], path: str) -> Asked:
    asked = Asked(path.split("/model/")[1].split("/")[0], False)
    for tool in (body.get("toolConfig") or {}).get("tools") or []:
        asked.tools[tool["toolSpec"]["name"]] = tool["toolSpec"].get("inputSchema") or {}
    for message in body.get("messages") or []:
        for part in message.get("content") or []:
            if "toolResult" in part:
                asked.results.append(plain(part["toolResult"].get("content")))
    return asked


Call = Tuple[str, Dict[str, Any]]


def reply(scenario: str, asked: Asked) -> Tuple[str, List[Call]]:
    """The text and the tool calls that the script answers with."""
    found = [result for result in asked.results if not FAULTS.search(result)]
    missing = scenario == "tool_raises" and not asked.results
    number = "B-404" if missing else "A-17"
    steps: List[Call] = [(LOOK_UP, {"number": number}), (REFUND, {"total": 80.0, "percent": 25})]
    if "[[ ## next_tool_name ## ]]" in asked.text:
        return in_dspy_fields(scenario, asked.text, steps), []
    if "[[ ## completed ## ]]" in asked.text:
        return f"[[ ## reasoning ## ]]\nBoth tools answered.\n\n[[ ## answer ## ]]\n{ANSWER}\n\n[[ ## completed ## ]]", []
    if len(found) < len(steps):
        name, arguments = steps[len(found)]
        offered = asked.tool(name)
        if offered:
            return "", [(offered, arguments)]
    for closing in ("final_answer", "final_result", "finish", "submit"):
        if closing in asked.tools:
            fields = list(asked.tools[closing].get("properties") or {})
            return "", [(closing, {field: ANSWER for field in fields})]
    return json.dumps({"answer": ANSWER}) if asked.wants_json else ANSWER, []


def in_dspy_fields(scenario: str, text: str, steps: List[Call]) -> str:
    """DSPy's ReAct asks for its tool calls as named fields in plain text."""
    trajectory = text.split("[[ ## trajectory ## ]]")[-1]
    observed = [part.split("[[ ##")[0] for part in re.split(r"\[\[ ## observation_\d+ ## \]\]", trajectory)[1:]]
    done = len([part for part in observed if not FAULTS.search(part)])
    if scenario == "tool_raises" and not observed:
        steps = [(LOOK_UP, {"number": "B-404"})]
    elif done == 0:
        steps = [(LOOK_UP, {"number": "A-17"})]
    name, arguments = steps[done] if done < len(steps) else ("finish", {})
    return (f"[[ ## next_thought ## ]]\nNext: {name}.\n\n[[ ## next_tool_name ## ]]\n{name}\n\n"
            f"[[ ## next_tool_args ## ]]\n{json.dumps(arguments)}\n\n[[ ## completed ## ]]")


def fresh(prefix: str) -> str:
    return prefix + uuid.uuid4().hex[:24]


Events = Iterator[Tuple[str, Any]]


def chat(asked: Asked, body: Dict[str, Any], text: str, calls: List[Call]) -> Tuple[Any, Optional[Events]]:
    listed = [{"id": fresh("call_"), "type": "function", "function": {"name": name, "arguments": json.dumps(given)}} for name, given in calls]
    usage = {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": ANSWER_TOKENS, "total_tokens": PROMPT_TOKENS + ANSWER_TOKENS,
             "prompt_tokens_details": {"cached_tokens": CACHED_TOKENS}, "completion_tokens_details": {"reasoning_tokens": REASONING_TOKENS}}
    head = {"id": fresh("chatcmpl-"), "created": int(time.time()), "model": asked.model + "-2025-04-14"}
    finish = "tool_calls" if calls else "stop"
    message: Dict[str, Any] = {"role": "assistant", "content": text or None}
    if listed:
        message["tool_calls"] = listed
    whole = dict(head, object="chat.completion", usage=usage, choices=[{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}])

    def events() -> Events:
        def chunk(delta: Dict[str, Any], ended: Optional[str] = None) -> Tuple[str, Any]:
            choice = {"index": 0, "delta": delta, "finish_reason": ended, "logprobs": None}
            return "", dict(head, object="chat.completion.chunk", choices=[choice], usage=None)
        yield chunk({"role": "assistant", "content": text[:0]})
        for index, call in enumerate(listed):
            arguments = call["function"]["arguments"]
            yield chunk({"tool_calls": [dict(call, index=index, function={"name": call["function"]["name"], "arguments": ""})]})
            for start in range(0, len(arguments), 7):
                yield chunk({"tool_calls": [{"index": index, "function": {"arguments": arguments[start:start + 7]}}]})
        for word in re.findall(r"\S+\s*", text):
            yield chunk({"content": word})
        yield chunk({}, finish)
        if (body.get("stream_options") or {}).get("include_usage"):
            yield "", dict(head, object="chat.completion.chunk", choices=[], usage=usage)
        yield "", "[DONE]"
    return whole, events()


def responses(asked: Asked, body: Dict[str, Any], text: str, calls: List[Call]) -> Tuple[Any, Optional[Events]]:
    output: List[Dict[str, Any]] = [
        {"type": "function_call", "id": fresh("fc_"), "call_id": fresh("call_"), "name": name, "arguments": json.dumps(given), "status": "completed"}
        for name, given in calls]
    if text:
        part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
        output.append({"type": "message", "id": fresh("msg_"), "role": "assistant", "status": "completed", "content": [part]})
    usage = {"input_tokens": PROMPT_TOKENS, "input_tokens_details": {"cached_tokens": CACHED_TOKENS, "cache_write_tokens": 0},
             "output_tokens": ANSWER_TOKENS, "output_tokens_details": {"reasoning_tokens": REASONING_TOKENS},
             "total_tokens": PROMPT_TOKENS + ANSWER_TOKENS}
    whole = {"id": fresh("resp_"), "object": "response", "created_at": int(time.time()), "status": "completed", "model": asked.model,
             "output": output, "usage": usage, "error": None, "incomplete_details": None, "instructions": None, "metadata": {},
             "parallel_tool_calls": True, "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0}

    def events() -> Events:
        told = [("response.created", {"response": dict(whole, status="in_progress", output=[], usage=None)})]
        for index, item in enumerate(output):
            told.append(("response.output_item.added", {"output_index": index, "item": dict(item, status="in_progress")}))
            if item["type"] == "message":
                place = {"output_index": index, "content_index": 0, "item_id": item["id"]}
                told.append(("response.content_part.added", dict(place, part=dict(item["content"][0], text=""))))
                told += [("response.output_text.delta", dict(place, delta=word, logprobs=[])) for word in re.findall(r"\S+\s*", text)]
                told.append(("response.output_text.done", dict(place, text=text, logprobs=[])))
                told.append(("response.content_part.done", dict(place, part=item["content"][0])))
            told.append(("response.output_item.done", {"output_index": index, "item": item}))
        told.append(("response.completed", {"response": whole}))
        for number, (name, event) in enumerate(told):
            yield name, dict(event, type=name, sequence_number=number)
    return whole, events()


def messages(asked: Asked, body: Dict[str, Any], text: str, calls: List[Call]) -> Tuple[Any, Optional[Events]]:
    # Anthropic reports the cached part beside the input, not inside it.
    usage = {"input_tokens": PROMPT_TOKENS - CACHED_TOKENS, "cache_read_input_tokens": CACHED_TOKENS,
             "cache_creation_input_tokens": 0, "output_tokens": ANSWER_TOKENS}
    content: List[Dict[str, Any]] = [{"type": "text", "text": text}] if text else []
    content += [{"type": "tool_use", "id": fresh("toolu_"), "name": name, "input": given} for name, given in calls]
    stop = "tool_use" if calls else "end_turn"
    whole = {"id": fresh("msg_"), "type": "message", "role": "assistant", "model": asked.model, "content": content,
             "stop_reason": stop, "stop_sequence": None, "usage": usage}

    def events() -> Events:
        told: List[Dict[str, Any]] = [{"type": "message_start", "message": dict(whole, content=[], stop_reason=None, usage=dict(usage, output_tokens=1))}]
        for index, block in enumerate(content):
            empty = {"text": ""} if block["type"] == "text" else {"input": {}}
            told.append({"type": "content_block_start", "index": index, "content_block": dict(block, **empty)})
            if block["type"] == "text":
                told += [{"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": word}} for word in re.findall(r"\S+\s*", text)]
            else:
                delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
                told.append({"type": "content_block_delta", "index": index, "delta": delta})
            told.append({"type": "content_block_stop", "index": index})
        told.append({"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": {"output_tokens": ANSWER_TOKENS}})
        told.append({"type": "message_stop"})
        for event in told:
            yield event["type"], event
    return whole, events()


def gemini(asked: Asked, body: Dict[str, Any], text: str, calls: List[Call]) -> Tuple[Any, Optional[Events]]:
    parts: List[Dict[str, Any]] = [{"text": text}] if text else []
    parts += [{"functionCall": {"name": name, "args": given}} for name, given in calls]
    # Gemini counts thoughts beside the candidates, not inside them.
    usage = {"promptTokenCount": PROMPT_TOKENS, "cachedContentTokenCount": CACHED_TOKENS, "candidatesTokenCount": ANSWER_TOKENS - REASONING_TOKENS,
             "thoughtsTokenCount": REASONING_TOKENS, "totalTokenCount": PROMPT_TOKENS + ANSWER_TOKENS}
    whole = {"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}],
             "modelVersion": asked.model, "responseId": fresh(""), "usageMetadata": usage}
    return whole, iter([("", whole)])


def converse(asked: Asked, body: Dict[str, Any], text: str, calls: List[Call]) -> Tuple[Any, Optional[Events]]:
    content: List[Dict[str, Any]] = [{"text": text}] if text else []
    content += [{"toolUse": {"toolUseId": fresh("tooluse_"), "name": name, "input": given}} for name, given in calls]
    usage = {"inputTokens": PROMPT_TOKENS, "outputTokens": ANSWER_TOKENS, "totalTokens": PROMPT_TOKENS + ANSWER_TOKENS}
    whole = {"output": {"message": {"role": "assistant", "content": content}}, "stopReason": "tool_use" if calls else "end_turn",
             "usage": usage, "metrics": {"latencyMs": 5}}
    return whole, None


# One line an API: how its path ends, how it is read, how it is answered.
APIS = [
    (re.compile(r"/chat/completions$"), asked_by_chat, chat),
    (re.compile(r"/responses$"), asked_by_responses, responses),
    (re.compile(r"/messages$"), asked_by_messages, messages),
    (re.compile(r":(stream)?[gG]enerateContent$"), asked_by_gemini, gemini),
    (re.compile(r"/model/[^/]+/converse$"), asked_by_converse, converse),
]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    told = Told()

    def log_message(self, *_: Any) -> None:
        """Quiet: the agents' own output is what a reader looks for."""

    def do_GET(self) -> None:
        if self.path.startswith("/told/"):
            return self.whole(200, self.told.of(self.path[len("/told/"):]))
        self.whole(200, {"object": "list", "data": []})

    def do_POST(self) -> None:
        try:
            self.answer(json.loads(self.body() or b"{}"))
        except (BrokenPipeError, ConnectionResetError):
            pass

    def body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        read = b""
        while True:
            size = int(self.rfile.readline().split(b";")[0] or b"0", 16)
            read += self.rfile.read(size)
            self.rfile.readline()
            if not size:
                return read

    def answer(self, body: Dict[str, Any]) -> None:
        path = self.path.split("?")[0]
        parts = path.split("/")
        scenario, run = (parts[1], parts[2]) if len(parts) > 3 else ("ok", "none")
        if path.endswith("/embeddings"):
            given = body.get("input")
            texts = given if isinstance(given, list) else [given]
            data = [{"object": "embedding", "index": index, "embedding": [0.25, 0.5]} for index, _ in enumerate(texts)]
            usage = {"prompt_tokens": 8, "total_tokens": 8}
            return self.whole(200, {"object": "list", "model": body.get("model"), "data": data, "usage": usage})
        for ending, read, write in APIS:
            if ending.search(path):
                self.told.add(run)
                asked = read(body, path)
                whole, events = write(asked, body, *reply(scenario, asked))
                return self.stream(events) if asked.stream and events is not None else self.whole(200, whole)
        self.whole(404, {"error": {"message": f"this mock has no {path}"}})

    def whole(self, status: int, answer: Any) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self, events: Events) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for name, event in events:
            text = event if isinstance(event, str) else json.dumps(event)
            self.wfile.write(((f"event: {name}\n" if name else "") + f"data: {text}\n\n").encode())
            self.wfile.flush()
        self.close_connection = True


def serve(port: int = 0) -> Tuple[ThreadingHTTPServer, str]:
    """Starts the mock in a thread of this process; gives the server and its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="scripted stand-in for model APIs")
    arguments.add_argument("--port", type=int, default=18090)
    server, url = serve(arguments.parse_args().port)
    print(url, flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.shutdown()
