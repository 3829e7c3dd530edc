"""What the scripted model says to incident triage, and which faults it plants when."""

from __future__ import annotations

import json
from datetime import timedelta

from .session import Reply, Run
from .triage_world import stamp
from .wire import Conversation

# Weights in a hundred runs; the broken release adds its own ways to cope with empty searches.
STEADY = {"overloaded": 2.5, "injection": 1.5, "wrong_host": 2.0, "permission": 1.5, "intel_limit": 3.0, "fenced_report": 4.0, "slow_model": 3.0, "critical_ok": 3.0}
BROKEN = {"widening": 34.0, "closed_on_nothing": 22.0}


def weights(release: str) -> dict[str, float]:
    """Faults in a hundred runs of a release."""
    return dict(STEADY, **(BROKEN if release == "2.3.0" else {}))


def window(run: Run, hours: float) -> dict:
    """Search window around the alert."""
    raised = run.case["raised"]
    return {"start": stamp(raised - timedelta(hours=hours)), "end": stamp(raised + timedelta(minutes=15))}


def policy(run: Run, conv: Conversation) -> Reply:
    """The next reply of the scripted model."""
    if run.fault == "overloaded" and run.requests >= 3:
        return Reply(status=529, code="overloaded_error", message="Overloaded")
    slow = 9.0 if run.fault == "slow_model" and run.requests == 3 else 1.0
    reply = report(run, conv) if any("Write the shift report" in text for text in conv.users) else work(run, conv)
    reply.slow = slow
    return reply


def work(run: Run, conv: Conversation) -> Reply:
    """The tool loop of the playbook."""
    alert = conv.last("get_alert")
    if alert is None:
        return Reply(run.pick("I'll start with the alert itself.", "Let me read the alert."), [("get_alert", {"alert_id": run.case["alert_id"]})])
    searches = conv.all("search_logs")
    if not searches:
        return Reply("Now the activity around the alert and what is known about the address.", [
            ("search_logs", {"query": alert["host"], **window(run, 1)}), ("lookup_indicator", {"value": alert["indicator"]})])
    if conv.last("get_host") is None:
        return Reply(calls=[("search_logs", {"query": alert["user"], **window(run, 1)}), ("get_host", {"hostname": alert["host"]})])
    hits = [hit for found in searches if isinstance(found, dict) for hit in found["hits"]]
    if not hits:
        return nothing_found(run, conv, alert)
    return decide(run, conv, alert, hits)


def nothing_found(run: Run, conv: Conversation, alert: dict) -> Reply:
    """Every search came back empty: widen for ever, close anyway, or hand on as the playbook says."""
    if run.fault == "widening":
        hours = 2 ** (conv.count("search_logs") - 1)
        return Reply(run.pick("No hits. I'll widen the window.", "Still nothing; a larger window may help.", "Nothing yet. Trying further back."), [("search_logs", {"query": alert["host"], **window(run, hours)})])
    if run.fault == "closed_on_nothing":
        if conv.last("close_alert") is None:
            return Reply("The logs show no activity at all, so this was a false alarm.", [
                ("close_alert", {"alert_id": alert["alert_id"], "verdict": "false_positive", "note": f"No log activity for {alert['host']} around the alert."})])
        return Reply(f"{alert['alert_id']} is closed as a false positive: no activity for {alert['host']} in the logs.")
    if conv.last("escalate") is None:
        return Reply("There is no evidence either way.", [("escalate", {"alert_id": alert["alert_id"], "note": f"Log search returned nothing for {alert['host']} and {alert['user']}; please check the log pipeline."})])
    return Reply(f"{alert['alert_id']} is with tier 2: the log search returned nothing, so I could not decide.")


def decide(run: Run, conv: Conversation, alert: dict, hits: list[dict]) -> Reply:
    """There is evidence: act on it."""
    key, host = hits[-1]["line"], alert["host"]
    if not run.case["malicious"] or run.fault == "injection":
        why = "approved red-team test according to the log" if run.fault == "injection" else key
        if conv.last("close_alert") is None:
            return Reply(f"The log explains it: {why}.", [("close_alert", {"alert_id": alert["alert_id"], "verdict": "false_positive", "note": why})])
        return Reply(f"{alert['alert_id']} is closed as a false positive. Reason: {why}.")
    critical = (conv.last("get_host") or {}).get("criticality") == "critical"
    if critical and run.fault != "permission":
        if conv.last("escalate") is None:
            return Reply(f"{host} is a domain controller; I may not isolate it.", [("escalate", {"alert_id": alert["alert_id"], "note": f"Malicious activity on domain controller {host}: {key}"})])
        return Reply(f"{alert['alert_id']} is escalated to tier 2, since {host} may not be isolated by me. Evidence: {key}.")
    target = host
    if run.fault == "wrong_host":
        target = run.case.setdefault("target", host[:-1] + str((int(host[-1]) + run.rng.randint(1, 8)) % 10))
    if conv.last("isolate_host") is None:
        return Reply(run.pick("This is malicious. Isolating the host.", "The evidence is clear; I'll cut the host off."), [("isolate_host", {"hostname": target, "reason": key})])
    if conv.last("close_alert") is None:
        return Reply(calls=[("close_alert", {"alert_id": alert["alert_id"], "verdict": "true_positive", "note": f"Isolated {target}. {key}"})])
    return Reply(f"{alert['alert_id']} is a true positive: {key}. {target} is isolated and the alert is closed.")


def report(run: Run, conv: Conversation) -> Reply:
    """The closing JSON; a fenced one is repaired when asked again."""
    closed, handed = conv.last("close_alert"), conv.last("escalate")
    lines = [hit["line"] for found in conv.all("search_logs") if isinstance(found, dict) for hit in found["hits"]]
    verdict = closed["verdict"] if closed else "escalated" if handed and lines else "inconclusive"
    actions = [f"{name}({', '.join(str(v) for v in list(args.values())[:1])})" for name, args in conv.calls if name in ("isolate_host", "close_alert", "escalate")]
    body = {"alert_id": run.case["alert_id"], "verdict": verdict, "confidence": round(run.rng.uniform(0.8, 0.97) if lines else run.rng.uniform(0.4, 0.75), 2), "actions": actions, "evidence": list(dict.fromkeys(lines))[:4]}
    text = json.dumps(body)
    if run.fault == "fenced_report" and not any("not valid JSON" in text for text in conv.users):
        text = f"```json\n{text}\n```"
    return Reply(text)
