"""The tools of the refund bot: orders, customers, policy, payments, mail and tickets."""

import json
import os
import urllib.request
from collections.abc import Callable
from typing import Any

PAYMENT_TIMEOUT = 2.0


def _request(base: str, method: str, path: str, body: dict | None = None, timeout: float = 10) -> dict:
    """One JSON request to a service of the shop."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(os.environ[base] + path, data=data, method=method, headers={"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=timeout) as response:
        return json.load(response)


def get_order(order_id: str) -> dict:
    """Order with its items, prices, delivery date and payments."""
    return _request("SHOP_URL", "GET", f"/orders/{order_id}")


def get_customer(customer_id: str) -> dict:
    """Customer record: name, mail address, country, means of payment."""
    return _request("SHOP_URL", "GET", f"/customers/{customer_id}")


def get_order_history(customer_id: str) -> dict:
    """Everything that ever happened to the customer's orders and payments."""
    return _request("SHOP_URL", "GET", f"/customers/{customer_id}/events")


def check_refund_policy(order_id: str, reason: str) -> dict:
    """Whether a refund is allowed, up to which amount, and whether a person must approve."""
    return _request("SHOP_URL", "POST", "/policy/check", {"order_id": order_id, "reason": reason})


def issue_refund(order_id: str, amount: str, currency: str, reason: str) -> dict:
    """Send money back to the original means of payment."""
    value = float(amount.strip().lstrip("€$£ "))
    payload = {"order_id": order_id, "amount": value, "currency": currency, "reason": reason}
    return _request("PAYMENTS_URL", "POST", "/refunds", payload, timeout=PAYMENT_TIMEOUT)


def get_refund_status(refund_id: str) -> dict:
    """State of a refund: pending or settled."""
    return _request("PAYMENTS_URL", "GET", f"/refunds/{refund_id}")


def send_mail(customer_id: str, subject: str, body: str) -> dict:
    """Send a mail to the customer."""
    return _request("SHOP_URL", "POST", f"/customers/{customer_id}/mails", {"subject": subject, "body": body})


def open_ticket(order_id: str, team: str, summary: str) -> dict:
    """Hand the case to a person."""
    return _request("SHOP_URL", "POST", "/tickets", {"order_id": order_id, "team": team, "summary": summary})


TOOLS: dict[str, Callable[..., dict]] = {
    function.__name__: function
    for function in (get_order, get_customer, get_order_history, check_refund_policy, issue_refund, get_refund_status, send_mail, open_ticket)
}


def _schema(tool: str, **properties: Any) -> dict:
    """JSON schema of a tool; every property is required."""
    return {
        "name": tool,
        "description": TOOLS[tool].__doc__,
        "parameters": {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False},
    }


_ORDER = {"type": "string", "description": "Order number, for example A-10423"}
_CUSTOMER = {"type": "string", "description": "Customer number, for example C-2041"}
_TEXT = {"type": "string"}

SCHEMAS = [
    _schema("get_order", order_id=_ORDER),
    _schema("get_customer", customer_id=_CUSTOMER),
    _schema("get_order_history", customer_id=_CUSTOMER),
    _schema("check_refund_policy", order_id=_ORDER, reason={"type": "string", "enum": ["damaged", "wrong_item", "changed_mind", "double_charge"]}),
    _schema(
        "issue_refund",
        order_id=_ORDER,
        amount={"type": "string", "description": "Amount to send back, for example 12.50"},
        currency={"type": "string", "enum": ["EUR", "USD", "GBP"]},
        reason=_TEXT,
    ),
    _schema("get_refund_status", refund_id=_TEXT),
    _schema("send_mail", customer_id=_CUSTOMER, subject=_TEXT, body=_TEXT),
    _schema("open_ticket", order_id=_ORDER, team={"type": "string", "enum": ["refunds-approval", "warehouse", "payments"]}, summary=_TEXT),
]
