#!/usr/bin/env python3
"""Holds what the program makes of recorded OTLP exports against what really happened, and prints a table. Standard library only.

    replay.py FOLDER --program target/release/arc-eval-tui   every run to a fresh `serve`, asked over HTTP
    replay.py FOLDER --lines lines.jsonl                     what `cargo test --test recordings -- --ignored` wrote, without a listener
    ... --show rows|framework|calls|extra|tokens|outcome     which runs differ, and how

FOLDER holds `<framework>/<instrumentation>/<variant>/` with `NNN-<signal>.pb|json`, `NNN-<signal>.headers.json` and `run.json`, which has
`tool_calls` (the tools' name and positional values as they ran), `error` (what the program raised) and `task_solved`.
`extra` counts calls that never ran and are not shown as wrong. `told` is over runs whose spans say anything of the matter.
"""
import argparse, collections, glob, gzip, json, os, subprocess, sys, tempfile, time, urllib.error, urllib.request

PARAMETERS = {"get_quote": ["symbol"], "convert_currency": ["amount", "source", "target"]}
FRAMEWORKS = {"bare-openai": "openai", "bare-anthropic": "anthropic", "traceloop-sdk": "traceloop", "transport": "openai"}
USAGE = [("llm.token_count.prompt", "llm.token_count.completion"), ("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens")]
CALLS = {"LLM", "EMBEDDING", "chat", "generate_content", "text_completion", "embeddings"}
COLUMNS = "runs one_row framework calls named arguments extra tokens_told tokens failed failed_seen solved solved_seen unsolved unsolved_ok".split()


def plain(name):
    """A framework's prefix is not the tool's name."""
    return next((tool for tool in PARAMETERS if name == tool or name.endswith(("-" + tool, "." + tool))), name)


def number(value):
    try: return float(value)
    except (TypeError, ValueError): return value


def fits(given, call):
    """Whether arguments are those a tool ran with; cut-off ones that a framework passed on whole are text."""
    if isinstance(given, str): return call[1:] == [given]
    names = PARAMETERS.get(call[0], [])
    return isinstance(given, dict) and set(given) == set(names) and [number(given[name]) for name in names] == [number(v) for v in call[1:]]


def value(any_value):
    return next(iter(any_value.values()), None) if any_value else None


def spans(folder):
    for path in sorted(glob.glob(folder + "/*-traces.decoded.json.gz")) + sorted(glob.glob(folder + "/*-traces.json")):
        with (gzip.open(path) if path.endswith("gz") else open(path)) as file: export = json.load(file)
        for scope in (s for r in export.get("resourceSpans", []) for s in r.get("scopeSpans", [])):
            for span in scope.get("spans", []):
                yield span, {a["key"]: value(a.get("value")) for a in span.get("attributes", [])}


def usage_in(attributes):
    for given, gave in USAGE:
        tokens = int(attributes.get(given) or 0), int(attributes.get(gave) or 0)
        if any(tokens): return tokens
    for name, text in attributes.items():
        if name.endswith("llm.output") and '"usage"' in str(text):
            usage = [reply["meta"]["usage"] for reply in json.loads(text)["replies"]][0]
            return usage["prompt_tokens"], usage["completion_tokens"]
    return None


def tokens_told(folder):
    """Tokens of the innermost model calls, each reply's once; where no call tells any, the outermost total; `None` where nothing does."""
    all_spans = {span["spanId"]: (span, attributes, usage_in(attributes)) for span, attributes in spans(folder)}
    is_call = lambda a: a.get("openinference.span.kind") in CALLS or a.get("gen_ai.operation.name") in CALLS or any(k.endswith("llm.output") for k in a)
    around = set()
    for span, attributes, usage in all_spans.values():
        parent = span.get("parentSpanId")
        while usage and is_call(attributes) and parent in all_spans and parent not in around:
            around.add(parent)
            parent = all_spans[parent][0].get("parentSpanId")
    seen, told = set(), []
    for identity, (span, attributes, usage) in all_spans.items():
        reply = attributes.get("gen_ai.response.id") or identity
        if usage and is_call(attributes) and identity not in around and reply not in seen:
            seen.add(reply)
            told.append(usage)
    told = told or [usage for span, _, usage in all_spans.values() if usage and span.get("parentSpanId") not in all_spans][:1]
    return [sum(part) for part in zip(*told)] if told else None


def ask(address, path, body=None, headers=None):
    request = urllib.request.Request(address + path, data=body, headers=headers or {})
    with urllib.request.urlopen(request, timeout=20) as answer: return json.loads(answer.read() or b"{}")


def replay(program, folder):
    """The verdicts of a run's rows, by a fresh program."""
    with tempfile.TemporaryDirectory() as home:
        serving = subprocess.Popen([program, "serve", "--listen", "127.0.0.1:0", "--store", os.path.join(home, "traces.redb")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                   env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home})
        try:
            address = "http" + serving.stdout.readline().strip().partition("http")[2]
            for path in sorted(glob.glob(folder + "/[0-9]*-*.pb") + [p for p in glob.glob(folder + "/[0-9]*-*.json") if p.count(".") == 1]):
                sent = json.load(open(path.rsplit(".", 1)[0] + ".headers.json"))
                kind = next((v for k, v in (sent.get("headers") or {}).items() if k.lower() == "content-type"), "application/x-protobuf")
                kind = "application/x-protobuf" if path.endswith(".pb") else kind
                body = open(path, "rb").read()
                ask(address, "/v1/" + path.rsplit("-", 1)[1].split(".")[0], body, {"content-type": kind})
            before, deadline = None, time.time() + 10
            while time.time() < deadline:
                rows = ask(address, "/api/traces")["traces"]
                now = [(row["trace_id"], row["revision"]) for row in rows]
                if now and now == before: break
                before = now
                time.sleep(0.4)
            return [ask(address, "/api/analysis/" + row["trace_id"]) for row in rows]
        finally:
            serving.terminate()
            serving.wait(20)


def compare(name, folder, verdicts, count, differ):
    run = json.load(open(os.path.join(folder, "run.json")))
    framework = name.split(os.sep)[0]
    count["runs"] += 1
    count["one_row"] += len(verdicts) == 1
    if len(verdicts) != 1: differ["rows"].append((name, len(verdicts)))
    squeezed = lambda text: "".join(c for c in (text or "").lower() if c.isalnum())
    names = [verdict["framework"] for verdict in verdicts]
    right = any(squeezed(FRAMEWORKS.get(framework, framework)) in squeezed(seen) for seen in names)
    count["framework"] += right
    if not right: differ["framework"].append((name, names))
    left = [item for verdict in verdicts for item in verdict["tools"]["items"]]
    for call in run["tool_calls"]:
        named = sorted((item for item in left if plain(item["name"]) == call[0]), key=lambda item: bool(item.get("why")))
        hit = next((item for item in named if fits(item.get("input"), call)), None)
        count["calls"] += 1
        count["named"] += bool(named)
        count["arguments"] += bool(hit)
        if not hit: differ["calls"].append((name, call, [item.get("input") for item in named][:2]))
        if named: left.remove(hit or named[0])
    extra = [item for item in left if plain(item["name"]) in PARAMETERS and not item.get("why")]
    count["extra"] += len(extra)
    if extra: differ["extra"].append((name, [(item["name"], item.get("input")) for item in extra]))
    usages = [verdict["usage"] for verdict in verdicts if verdict.get("usage")]
    counted = [sum(usage[key] for usage in usages) for key in ("input_tokens", "output_tokens")] if usages else None
    told = tokens_told(folder)
    count["tokens_told"] += told is not None
    count["tokens"] += told is not None and told == counted
    if told != counted: differ["tokens"].append((name, told, counted))
    states = {verdict["outcome"]["state"] for verdict in verdicts}
    state = "failed" if "failed" in states else "ok" if "ok" in states else "unknown"
    truth, expected = ("failed", "failed") if run["error"] else ("solved", "ok") if run["task_solved"] else ("unsolved", None)
    count[truth] += 1
    seen = state == expected if expected else state != "ok"
    count[truth + ("_seen" if expected else "_ok")] += seen if expected else state == "ok"
    if not seen: differ["outcome"].append((name, truth, state, (run["error"] or {}).get("message", "")[:70]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--program")
    parser.add_argument("--lines")
    parser.add_argument("--only", default="", help="a part of the path of the runs to take")
    parser.add_argument("--show", nargs="*", default=[])
    given = parser.parse_args()
    lines = {}
    if given.lines:
        for line in map(json.loads, open(given.lines)): lines[line["recording"]] = [row["verdict"] for row in line["rows"]]
    elif not given.program: parser.error("--program or --lines")
    counts, differ = collections.defaultdict(collections.Counter), collections.defaultdict(list)
    for path in sorted(glob.glob(os.path.join(given.folder, "**", "run.json"), recursive=True)):
        folder = os.path.dirname(path)
        name = os.path.relpath(folder, given.folder)
        if given.only not in name: continue
        try: verdicts = lines.get(name, []) if given.lines else replay(given.program, folder)
        except (OSError, urllib.error.URLError) as error:
            differ["rows"].append((name, str(error)))
            verdicts = []
        compare(name, folder, verdicts, counts["/".join(name.split(os.sep)[:2])], differ)
    total = sum(counts.values(), collections.Counter())
    print(f"{'':30}" + " ".join(f"{column:>11}" for column in COLUMNS))
    for name, count in [*sorted(counts.items()), ("all", total)]:
        print(f"{name:30}" + " ".join(f"{count[column]:>11}" for column in COLUMNS))
    for what in given.show:
        print("\n" + what)
        for row in differ[what]: print("  ", *row)


if __name__ == "__main__":
    sys.exit(main())
