"""What the scripted model says to the refund bot, and which faults it plants when."""

from __future__ import annotations

import json

from .refund_world import SIGN, amount_text
from .session import Reply, Run
from .wire import Conversation

# fault: (weight at the start of the fortnight, weight at its end); what is left to 100 runs without a fault
DRIFT = {
    "payment_hangs": (1.0, 7.0), "comma_amount": (1.5, 8.5), "rate_limit": (1.0, 4.5), "provider_down": (0.6, 1.4), "polling": (0.4, 3.0), "hash_order": (0.8, 3.5),
    "truncated": (0.6, 2.5), "unknown_tool": (0.6, 3.0), "invented_amount": (0.8, 2.5), "leak": (0.6, 2.5), "permission": (0.6, 2.0), "context_overflow": (0.6, 2.2),
    "fenced_json": (0.4, 3.0), "claimed_only": (0.6, 3.0), "against_policy": (0.6, 2.0), "cut_arguments": (0.4, 2.0), "payments_down": (0.6, 1.8), "recovers": (4.0, 6.0),
}


def weights(progress: float) -> dict[str, float]:
    """Faults in a hundred runs; progress goes from 0 to 1 over the fortnight."""
    return {fault: first + (last - first) * progress for fault, (first, last) in DRIFT.items()}


def policy(run: Run, conv: Conversation) -> Reply:
    """The next reply of the scripted model."""
    if run.fault == "rate_limit" and run.requests == run.case.setdefault("at", run.rng.choice([2, 3, 4])):
        used = run.rng.randint(29700, 29990)
        return Reply(status=429, code="rate_limit_exceeded", message=f"Rate limit reached for gpt-4o in organization org-harbourpine on tokens per min (TPM): Limit 30000, Used {used}, Requested {run.rng.randint(900, 1900)}. Please try again in {run.rng.randint(400, 3400)}ms.")
    if run.fault == "provider_down" and run.requests == 3:
        return Reply(status=503, code="server_overloaded", message="The engine is currently overloaded, please try again later.", slow=8)
    if not conv.tools:
        return summary(run, conv)
    return work(run, conv)


def work(run: Run, conv: Conversation) -> Reply:
    """The tool loop."""
    case = run.case
    order_id, customer = case["order_id"], case["customer_id"]
    order = conv.last("get_order")
    if order is None:
        return Reply(run.pick("", "", "I'll look the order up first."), [("get_order", {"order_id": order_id})])
    if not order.get("items"):
        return give_up(run, conv)
    if run.fault == "unknown_tool" and conv.count("get_order") == 1 and not conv.all("check_refund_policy"):
        return Reply(calls=[("cancel_order", {"order_id": order_id, "notify_customer": True})])
    if case["reason"] == "double_charge" and conv.last("get_order_history") is None:
        return Reply(run.pick("", "Let me compare the payments on the account."), [("get_order_history", {"customer_id": customer})])
    verdict = conv.last("check_refund_policy")
    if verdict is None:
        if run.fault == "claimed_only" and case["kind"] == "refund" and run.rng.random() < 0.4:
            return mail(run, conv, f"your refund of {money(run, case['due'])} for order {order_id} is on its way.")
        calls = [("check_refund_policy", {"order_id": order_id, "reason": case["reason"]})]
        if run.fault == "leak" or run.rng.random() < 0.12:
            calls.append(("get_customer", {"customer_id": customer}))
        return Reply(calls=calls)
    if not verdict["eligible"] and run.fault != "against_policy":
        return mail(run, conv, f"the 30 days for returning the {case['item'].lower()} of order {order_id} are over, so we cannot refund it. I am sorry about that.")
    if case["kind"] == "escalate" and run.fault != "permission":
        return escalate(run, conv, "Refund above 500 needs approval.", f"your refund of {money(run, case['due'])} needs a colleague's approval. They will write to you within one working day.")
    refund = conv.last("issue_refund")
    if run.fault == "claimed_only":
        return mail(run, conv, f"I have refunded {money(run, case['due'])} for order {order_id}. You will see it in 3 to 5 days.")
    if refund is None or ("503" in str(refund.get("error")) and conv.count("issue_refund") < 2):
        return pay(run, conv)
    if "error" in refund:
        if run.fault == "permission":
            return mail(run, conv, f"I have refunded {money(run, case['due'])} for order {order_id}. You will see it in 3 to 5 days.")
        return escalate(run, conv, f"Payment service says: {refund['detail']['message']}", "our payment system is not available right now. A colleague will finish your refund by hand.")
    status = conv.last("get_refund_status") or refund
    if status["status"] == "pending":
        if conv.count("get_refund_status") < run.case.setdefault("polls", run.rng.randint(9, 12)):
            return Reply(calls=[("get_refund_status", {"refund_id": refund["refund_id"]})])
        return Reply("The refund is still pending. I will check again later and let you know.")
    return mail(run, conv, f"I have refunded {money(run, case['due'] if run.fault != 'invented_amount' else refund['amount'])} for order {order_id} ({case['item'].lower()}). You will see it in 3 to 5 days.")


def pay(run: Run, conv: Conversation) -> Reply:
    """Ask for the refund; here the amount goes wrong, if it is planted."""
    case, due = run.case, run.case["due"]
    text = f"{due:.2f}"
    if run.fault == "comma_amount":
        text = amount_text(due, case["country"])
    elif run.fault == "invented_amount":
        text = f"{due + run.rng.choice([9.9, 4.95, 12.0, 20.0]):.2f}"
    arguments = {"order_id": case["order_id"], "amount": text, "currency": case["currency"], "reason": case["reason"].replace("_", " ")}
    if run.fault == "cut_arguments":
        return Reply(calls=[("issue_refund", json.dumps(arguments)[: run.rng.randint(30, 60)])])
    return Reply(run.pick("", "The policy allows it; I'll issue the refund now."), [("issue_refund", arguments)])


def mail(run: Run, conv: Conversation, news: str) -> Reply:
    """Write to the customer, then close."""
    case = run.case
    if conv.last("send_mail") is None:
        body = f"Dear {case['name']}, {news} Kind regards, Harbour & Pine"
        return Reply(calls=[("send_mail", {"customer_id": case["customer_id"], "subject": f"Your order {case['order_id']}", "body": body})])
    text = f"Dear {case['name']},\n\n{news[0].upper()}{news[1:]}\n\nKind regards\nHarbour & Pine"
    if run.fault == "leak":
        card = (conv.last("get_customer") or {}).get("payment_method", {}).get("number", "")
        text = text.replace("You will see it", f"It goes to your Visa card {card}. You will see it")
    if run.fault == "truncated":
        lines = "\n".join(f"- {i['name']} (article {i['sku']}), quantity {i['quantity']}, refunded in full: {money(run, i['price'])}; condition on arrival as you described it, no return needed, please keep this line for your insurance" for i in conv.last("get_order")["items"])
        text = text.replace("\n\nKind", f"\n\nThe items one by one:\n{lines}\n\nKind")
    return Reply(text)


def escalate(run: Run, conv: Conversation, why: str, news: str) -> Reply:
    """Open a ticket, then write to the customer."""
    if conv.last("open_ticket") is None:
        team = "refunds-approval" if "approval" in why else "payments"
        return Reply(calls=[("open_ticket", {"order_id": run.case["order_id"], "team": team, "summary": why})])
    return mail(run, conv, news)


def give_up(run: Run, conv: Conversation) -> Reply:
    """The order was not found."""
    if conv.count("get_order") < 2 and run.rng.random() < 0.5:
        return Reply(calls=[("get_order", {"order_id": run.case["order_id"]})])
    return Reply(f"Dear {run.case['name']},\n\nI could not find an order {run.case['order_id']} in our system. Please check the number and write to us again.\n\nKind regards\nHarbour & Pine")


def money(run: Run, value: float) -> str:
    """An amount for the customer's eyes."""
    return f"{SIGN[run.case['currency']]}{value:.2f}"


def summary(run: Run, conv: Conversation) -> Reply:
    """The closing JSON; the claim of the conversation is believed, as small models do."""
    talk, case = conv.users[-1], run.case
    if "needs a colleague" in talk or "finish your refund by hand" in talk:
        outcome = "escalated"
    elif "cannot refund" in talk:
        outcome = "declined"
    elif "could not find" in talk or "still pending" in talk:
        outcome = "open"
    else:
        outcome = "refunded"
    body = {"outcome": outcome, "order_id": case["order_id"], "amount": case["due"] if outcome == "refunded" else 0, "currency": case["currency"], "reason": case["reason"]}
    text = json.dumps(body)
    if run.fault == "fenced_json":
        text = run.pick(f"```json\n{json.dumps(body, indent=2)}\n```", f"Here is the summary:\n{text}", f"```json\n{text}\n```\nLet me know if you need anything else.")
    return Reply(text)
