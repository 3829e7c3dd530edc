"""Tools of the payables agents: invoices, exchange rates and payments."""

import json
import os
import urllib.error
import urllib.request


def _ask(path: str, body: dict | None = None) -> dict:
    """One JSON request to the ledger."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(os.environ["LEDGER_URL"] + path, data=data, headers={"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=1.0) as response:
        return json.load(response)


def get_invoice(invoice_id: str) -> dict:
    """Invoice with supplier, amount, currency and due date.

    Args:
        invoice_id: number of the invoice, for example INV-1042
    """
    try:
        return _ask(f"/invoices/{invoice_id}")
    except urllib.error.HTTPError as error:
        raise LookupError(f"invoice {invoice_id} not found") from error


def get_exchange_rate(source: str, target: str) -> dict:
    """Today's exchange rate.

    Args:
        source: currency to convert from
        target: currency to convert to
    """
    return _ask(f"/rates/{source}/{target}")


def schedule_payment(invoice_id: str, amount: float, currency: str) -> dict:
    """Schedule the payment of an invoice.

    Args:
        invoice_id: number of the invoice
        amount: amount to pay
        currency: currency of the amount
    """
    return _ask("/payments", {"invoice_id": invoice_id, "amount": amount, "currency": currency})
