"""What the scripted models say to the feature analyst, and which faults they plant."""

from __future__ import annotations

import re

from .session import Reply, Run
from .wire import Conversation

# Faults in a hundred runs, the same over the whole fortnight.
STEADY = {"constant_column": 2.4, "wrong_figure": 2.4, "kept_leak": 1.2, "registry_down": 1.2, "bad_key": 1.0, "endless": 1.0, "bad_column": 6.0, "sparse_column": 6.0, "weak_signal": 4.0, "busy": 4.0}


def policy(run: Run, conv: Conversation) -> Reply:
    """The next reply of the scripted models."""
    if run.fault == "busy" and run.requests == 3:
        return Reply(status=429, code="rate_limit_exceeded", message="Rate limit reached for gpt-4.1 on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in 120ms.")
    if run.fault == "bad_key" and run.requests == 4:
        return Reply(status=401, code="invalid_api_key", message="Incorrect API key provided: sk-proj-****************. You can find your API key in your account settings.")
    if conv.model == "o4-mini":
        return plan(run)
    if not conv.tools:
        return note(run, conv)
    return work(run, conv)


def plan(run: Run) -> Reply:
    """The plan, after some thinking."""
    case = run.case
    text = f"1. Describe {case['dataset']} and list the numeric columns.\n2. Check missing values and spread of each candidate.\n3. Correlate candidates with {case['target']}; be suspicious of anything above 0.95.\n4. Run the leakage check before training.\n5. Register the set if the baseline reaches 0.70."
    return Reply(text, reasoning=64 * run.rng.randint(4, 14))


def work(run: Run, conv: Conversation) -> Reply:
    """The tool loop."""
    case = run.case
    data, target = case["dataset"], case["target"]
    if conv.last("describe_dataset") is None:
        return Reply(calls=[("describe_dataset", {"dataset": data})])
    columns = conv.last("describe_dataset")["columns"]
    if run.fault == "endless":
        name = columns[1 + conv.count("column_stats") % 3]
        return Reply(run.pick("Let me look at this column once more.", "I want to be sure about this one."), [("column_stats", {"dataset": data, "column": name})])
    candidates = [c for c in columns if c not in ("row_id", target)]
    looked = sorted(candidates, key=lambda c: c not in (case["sparse"], case["constant"]))[:2]
    if not conv.all("column_stats"):
        names = list(looked)
        if run.fault == "bad_column":
            names[0] += run.pick("_norm", "_log", "_avg")
        return Reply("Looking at the candidates.", [("column_stats", {"dataset": data, "column": c}) for c in names])
    if run.fault == "bad_column" and conv.count("column_stats") == len(looked):
        return Reply("That column is not in the dataset; I'll use the listed name.", [("column_stats", {"dataset": data, "column": looked[0]})])
    sparse = {s["column"] for s in conv.all("column_stats") if s.get("missing", 0) > 0.4}
    chosen = [c for c in candidates if c not in sparse and c != case["noise"]]
    check = conv.last("check_leakage")
    if check is None:
        calls = [("correlate", {"dataset": data, "feature": c, "target": target}) for c in chosen[-3:] + [c for c in chosen[:-3] if c == case["constant"]]]
        return Reply("Correlations and the leakage check.", calls + [("check_leakage", {"dataset": data, "features": chosen, "target": target})])
    trained = conv.last("train_baseline")
    if not check["clean"] and trained is None:
        if run.fault == "kept_leak":
            return Reply(calls=[("train_baseline", {"dataset": data, "features": check["checked"], "target": target})])
        rest = [c for c in check["checked"] if c not in check["flagged"]]
        both = {"dataset": data, "features": rest, "target": target}
        return Reply(f"{', '.join(check['flagged'])} is known only after the target, so it goes.", [("check_leakage", both), ("train_baseline", both)])
    chosen = check["checked"]
    if trained is None:
        return Reply(calls=[("train_baseline", {"dataset": data, "features": chosen, "target": target})])
    if trained["auc"] < 0.7:
        return Reply(f"The baseline reaches only {trained['auc']}, below 0.70, so nothing is registered. More or better columns are needed.")
    done = conv.last("register_features")
    if done is None:
        return Reply(calls=[("register_features", {"name": f"{data}_base", "dataset": data, "features": chosen, "auc": trained["auc"]})])
    if "error" in done:
        return Reply(f"The set with {', '.join(chosen)} reaches {trained['auc']} and is registered." if run.rng.random() < 0.5 else f"The registry refused the set: {done['error']}. It is not registered.")
    return Reply(f"Registered {done['set_id']} with {', '.join(chosen)}; area under the curve {trained['auc']}.")


def note(run: Run, conv: Conversation) -> Reply:
    """The hand-over note, written from the log; a wrong figure slips in if it is planted."""
    log = conv.users[-1]
    auc = re.findall(r'"auc": ([0-9.]+)', log)
    figure = auc[-1] if auc else "not measured"
    if run.fault == "wrong_figure" and auc:
        figure = f"{min(0.99, float(auc[-1]) + run.rng.uniform(0.06, 0.15)):.4f}"
    features = re.findall(r'"features": \[([^\]]*)\]', log)
    chosen = features[-1].replace('"', "") if features else "none"
    if '"status": "registered"' in log or "and is registered." in log:
        status = "registered"
    else:
        status = "not registered, the baseline is below 0.70" if "below 0.70, so" in log else "not registered, the registry refused it"
    flagged = re.findall(r'"flagged": \["([^"]*)', log)
    left = f"{flagged[0]} (known only after the target)" if flagged and flagged[0] not in chosen else "none"
    return Reply(f"Dataset: {run.case['dataset']}\nTarget: {run.case['target']}\nFeatures: {chosen}\nLeft out: {left}\nArea under the curve: {figure}\nStatus: {status}")
