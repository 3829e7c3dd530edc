"""Cases, backend services and the scripted model's lines for the framework agents."""

from __future__ import annotations

import json
import random
import re
from typing import Any

from .session import Answer, Reply, Run
from .wire import Conversation

SUPPLIERS = ["Alder Freight", "Blauwal Logistik", "Cedar Office Supply", "Delta Verpackungen", "Estuary Print", "Fjord Cooling"]
PACKAGES = [("openssl", "3.0.11", "3.0.16"), ("log4j-core", "2.14.1", "2.17.2"), ("xz-utils", "5.6.0", "5.6.2"), ("curl", "8.3.0", "8.4.0"), ("sudo", "1.9.14", "1.9.17")]
DATASETS = ["holdout_q3", "night_shift", "new_regions", "long_texts"]
TROUBLE = re.compile(r"error|exception|not found|timed out|invalid|unknown|does not exist|not exist|not a valid|failed|traceback", re.I)
HAND_OVER = re.compile(r"transfer|handoff|delegate|ask_question", re.I)
INTERNAL = {"final_answer", "final_result"}


def make_case(domain: str, rng: random.Random, fault: str) -> tuple[dict, dict]:
    """A question with the calls that answer it, and the facts behind the services."""
    missing = fault == "tool_raises"
    if domain == "finance":
        invoice, rate = f"INV-{rng.randint(1000, 9999)}", round(rng.uniform(0.82, 0.95), 4)
        amount = round(rng.uniform(80, 4200), 2)
        due = round(amount * rate, 2)
        calls = [("get_invoice", {"invoice_id": invoice}), ("get_exchange_rate", {"source": "USD", "target": "EUR"}), ("schedule_payment", {"invoice_id": invoice, "amount": due, "currency": "EUR"})]
        world = {"invoice": None if missing else {"invoice_id": invoice, "supplier": rng.choice(SUPPLIERS), "amount": amount, "currency": "USD", "due": "2026-12-05"}, "rate": rate, "payment": f"PAY-{rng.randint(10000, 99999)}"}
        return {"question": f"Please pay invoice {invoice} in EUR and tell me the amount.", "calls": calls, "answer": f"I scheduled {due} EUR for invoice {invoice} ({amount} USD at {rate}).", "invented": f"Invoice {invoice} is paid: {round(due * 1.17, 2)} EUR.",
                "object": {"invoice_id": invoice, "amount": due, "currency": "EUR", "payment_id": world["payment"]}, "unknown": ("get_supplier_bank_account", {"invoice_id": invoice})}, world
    if domain == "security":
        host, (package, old, new) = f"app-{rng.randint(10, 99)}.example.net", rng.choice(PACKAGES)
        calls = [("list_packages", {"host": host}), ("find_advisory", {"package": package, "version": old}), ("open_change", {"host": host, "package": package, "version": new})]
        world = {"packages": None if missing else {"host": host, "packages": {package: old, "bash": "5.2.15", "tzdata": "2026b"}}, "advisory": {"package": package, "installed": old, "fixed": new, "score": round(rng.uniform(7.2, 9.8), 1)}, "change": f"CHG-{rng.randint(1000, 9999)}"}
        score = world["advisory"]["score"]
        return {"question": f"Is {package} on {host} safe? Open a change if not.", "calls": calls, "answer": f"{package} {old} on {host} has an advisory of score {score}; {world['change']} updates it to {new}.", "invented": f"{package} on {host} is at 9.9.1, which has no advisory. Nothing to do.",
                "object": {"host": host, "package": package, "score": score}, "unknown": ("reboot_host", {"host": host})}, world
    run_id, dataset, score = f"run-{rng.randint(100, 999)}", rng.choice(DATASETS), round(rng.uniform(0.81, 0.93), 3)
    calls = [("get_training_run", {"run_id": run_id}), ("evaluate_on", {"run_id": run_id, "dataset": dataset}), ("promote_model", {"run_id": run_id, "stage": "staging"})]
    world = {"run": None if missing else {"run_id": run_id, "model": "tabular-mlp", "epochs": rng.randint(8, 40), "val_auc": round(score + 0.02, 3)}, "evaluation": {"run_id": run_id, "dataset": dataset, "auc": score}}
    return {"question": f"Evaluate {run_id} on {dataset} and promote it to staging if it reaches 0.80.", "calls": calls, "answer": f"{run_id} reaches {score} on {dataset} and is promoted to staging.", "invented": f"{run_id} reaches 0.971 on {dataset} and is promoted to staging.",
            "object": {"run_id": run_id, "score": score, "promoted": True}, "wrong": {"run_id": run_id, "score": "very good", "promoted": None}, "unknown": ("get_confusion_matrix", {"run_id": run_id})}, world


def service(run: Run, method: str, path: str, query: str, body: dict) -> Answer:
    """Ledger, assets and tracking."""
    world, wait = run.world, run.rng.lognormvariate(-1.9, 0.5)
    part = path.strip("/").split("/")[1]
    if run.fault == "tool_timeout" and part in ("rates", "advisories", "evaluations"):
        return Answer({}, hang=2.0)
    kept = {"invoices": "invoice", "hosts": "packages", "advisories": "advisory", "runs": "run", "evaluations": "evaluation"}.get(part)
    if kept:
        return Answer(world[kept] or {"message": "not found"}, 200 if world[kept] else 404, wait)
    if part == "rates":
        return Answer({"rate": world["rate"], "date": "2026-11-20"}, latency=wait)
    done = {"payments": {"payment_id": world.get("payment"), "status": "scheduled"}, "changes": {"change_id": world.get("change"), "status": "open"}, "promotions": {"status": "promoted"}}[part]
    return Answer(done | body, latency=wait)


def observations(conv: Conversation) -> list[str]:
    """Tool results that the model has seen, also those that a framework sends as user text."""
    found = [text for name, _, text in conv.results if not HAND_OVER.search(name)]
    for text in conv.users:
        if re.match(r"\s*(Observation|Error)", text):
            found.append(text)
    return found


def policy(run: Run, conv: Conversation) -> Reply:
    """The next reply of the scripted model."""
    case, fault = run.case, run.fault
    if fault == "rate_limit" and run.requests == 2:
        return Reply(status=429, code="rate_limit_exceeded", message=f"Rate limit reached for {conv.model} on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in 120ms.")
    if fault == "server_error" and run.requests == 2:
        return Reply(status=500, code="server_error", message="The server had an error while processing your request. Sorry about that!")
    work = [name for name in conv.tools if any(name == tool for tool, _ in case["calls"])]
    if not work:
        return hand_over(run, conv)
    seen = observations(conv)
    good, bad = [s for s in seen if not TROUBLE.search(s)], [s for s in seen if TROUBLE.search(s)]
    if fault == "loop" and len(seen) < 25:
        return Reply("Let me check that again." if seen else "", [case["calls"][0]])
    if fault == "invented" and (not conv.forced or INTERNAL & set(conv.tools)):
        return final(conv, case["invented"], case)
    if fault == "unknown_tool" and not run.case.setdefault("asked", False):
        case["asked"] = True
        return Reply(calls=[case["unknown"]])
    if fault == "bad_arguments" and not run.case.setdefault("asked", False):
        case["asked"] = True
        name, arguments = case["calls"][0]
        return Reply(calls=[(name, json.dumps(arguments)[:-4])])
    if bad and fault in ("tool_raises", "tool_timeout"):
        return final(conv, f"I could not finish this: {run.pick('the service did not answer', 'the lookup failed')}. Please try again later.", case)
    if len(good) < len(case["calls"]):
        return Reply(run.pick("", "", "Next step."), [case["calls"][len(good)]])
    return final(conv, case["answer"], case, broken=fault == "bad_json")


def hand_over(run: Run, conv: Conversation) -> Reply:
    """The front agent: hand over once, then pass the answer on."""
    door = next((name for name in conv.tools if HAND_OVER.search(name)), None)
    if door is None or any(name == door for name, _ in conv.calls):
        return Reply(run.case["answer"])
    properties = conv.tools[door].get("properties") or {}
    arguments: dict[str, Any] = {}
    for name in conv.tools[door].get("required") or properties:
        arguments[name] = "Payables clerk" if name == "coworker" else "vulnerability_agent" if name == "to_agent" else run.case["question"]
    return Reply(calls=[(door, arguments)])


def final(conv: Conversation, text: str, case: dict, broken: bool = False) -> Reply:
    """The last answer, by the door that the framework opened for it."""
    if "final_answer" in conv.tools:
        return Reply(calls=[("final_answer", {"answer": text})])
    if "final_result" in conv.tools:
        value = case["wrong"] if broken else dict(case["object"], score=0.971) if text == case["invented"] else case["object"]
        return Reply(calls=[("final_result", value)])
    if "JSON object" in conv.system or conv.wants_json:
        return Reply(f"Here you are:\n{json.dumps(case['object'])[:-9]}" if broken else text if text.startswith("I could not") else json.dumps(case["object"] if text == case["answer"] else dict(case["object"], amount=9999.0)))
    return Reply(text)
