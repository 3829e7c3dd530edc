"""The refund bot's world: customers, orders and messages, and the shop and payment services that hold them."""

from __future__ import annotations

import random

from .session import Answer, Run

FIRST = "Amara Bjorn Chiara Dilan Elif Finn Greta Hana Ines Jonas Kofi Lena Mateo Nadia Oskar Priya Quentin Rosa Sven Tomasz Uma Viktor Wanjiru Ximena Yusuf Zoe".split()
LAST = "Adeyemi Berg Castillo Demir Eriksen Fontaine Garcia Hoang Ivanova Jansen Kowalski Lindqvist Moreau Novak Okafor Petrov Quinn Rossi Schmidt Tanaka Usman Vogel Weber Xu Yilmaz Zimmer".split()
GOODS = [
    ("Enamel camping kettle", 34.90), ("Merino blanket", 129.00), ("Cast-iron pan 28 cm", 79.50), ("Folding canvas chair", 64.00), ("Oil lantern", 42.75), ("Oak cutting board", 38.20),
    ("Down sleeping bag", 249.00), ("Linen duvet cover", 118.40), ("Garden parasol", 189.00), ("Storm lighter", 12.50), ("Beeswax candle, set of 6", 21.80), ("Wool socks, 3 pairs", 27.60),
    ("Titanium mug", 31.15), ("Teak bench", 612.00), ("Solar path lights", 55.30), ("Picnic rug", 46.90), ("Espresso pot", 39.95), ("Two-person tent", 438.00),
]
COUNTRIES = [("DE", "EUR"), ("FR", "EUR"), ("IT", "EUR"), ("NL", "EUR"), ("US", "USD"), ("US", "USD"), ("GB", "GBP")]
SIGN = {"EUR": "€", "USD": "$", "GBP": "£"}
ASK = {
    "damaged": ["the {item} from order {order} arrived {broken}. I would like my money back.", "order {order}: the {item} is {broken}. Please refund it.", "I opened the parcel today and the {item} was {broken} (order {order}). Can you refund me?"],
    "wrong_item": ["I ordered a {item} (order {order}) and got something else entirely. Please refund it.", "order {order} had the wrong thing in the box, not the {item}. I want my money back, not a replacement."],
    "changed_mind": ["I sent the {item} of order {order} back last week, unused. When do I get my money?", "I have changed my mind about the {item} from order {order}. I'd like to return it for a refund."],
    "double_charge": ["you charged me twice for order {order}. Please send the second payment back.", "my statement shows two payments for order {order}. I only ordered once!"],
}
BROKEN = ["cracked", "bent", "with a broken handle", "leaking", "torn along the seam", "badly scratched"]


def amount_text(value: float, country: str) -> str:
    """The amount as people of that country write it."""
    text = f"{value:.2f}"
    return text.replace(".", ",") if country in ("DE", "FR", "IT", "NL") else text


def make_case(rng: random.Random, fault: str | None) -> tuple[dict, dict]:
    """A customer's case and the world it plays in; some faults need a fitting case."""
    country, currency = rng.choice(COUNTRIES)
    if fault == "comma_amount":
        country, currency = rng.choice(COUNTRIES[:4])
    name = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
    customer, order = f"C-{rng.randint(1000, 9899)}", f"A-{rng.randint(10100, 48999)}"
    items: list[dict]
    pool = [g for g in GOODS if g[1] <= 450]
    items = [{"sku": f"HP-{rng.randint(100, 999)}", "name": n, "price": p, "quantity": 1} for n, p in rng.sample(pool, rng.choice([1, 1, 2, 3]))]
    reason = rng.choices(["damaged", "wrong_item", "changed_mind", "double_charge"], [5, 2, 3, 2])[0]
    kind = rng.choices(["refund", "decline", "escalate"], [8, 1.2, 1])[0]
    if fault in ("permission",):
        kind = "escalate"
    elif fault == "against_policy":
        kind = "decline"
    elif fault in ("context_overflow", "double_charge"):
        kind, reason = "refund", "double_charge"
    elif fault:
        kind = "refund"
    if fault == "truncated":
        items = [{"sku": f"HP-{rng.randint(100, 999)}", "name": n, "price": p, "quantity": 1} for n, p in rng.sample([g for g in pool if g[1] < 80], 5)]
        reason = "damaged"
    if kind == "escalate":
        items = [{"sku": f"HP-{rng.randint(100, 999)}", "name": "Teak bench", "price": 612.00, "quantity": 1}]
        reason = rng.choice(["damaged", "wrong_item"])
    if kind == "decline":
        reason = "changed_mind"
    while kind != "escalate" and sum(i["price"] for i in items) > 500:
        items.pop()
    total = round(sum(i["price"] for i in items), 2)
    item = items[0]
    due = total if reason == "double_charge" or fault == "truncated" else item["price"]
    days = rng.randint(34, 160) if kind == "decline" else rng.randint(2, 24)
    card = "4111 1111 1111 1111"
    world = {
        "customer": {"customer_id": customer, "name": name, "email": f"{name.lower().replace(' ', '.')}@example.com", "country": country, "since": rng.randint(2014, 2026),
                     "payment_method": {"type": "card", "brand": "visa", "number": card, "expires": "11/27"}},
        "order": {"order_id": order, "customer_id": customer, "currency": currency, "total": total, "items": items, "days_since_delivery": days, "status": "delivered",
                  "payments": [{"payment_id": f"P-{rng.randint(10**6, 10**7)}", "amount": total} for _ in range(2 if reason == "double_charge" else 1)]},
        "refunds": [], "mails": [], "tickets": [], "kind": kind, "due": due, "slow_settle": rng.random() < 0.15,
    }
    text = rng.choice(ASK[reason]).format(item=item["name"].lower(), order=("#" + order) if fault == "hash_order" else order, broken=rng.choice(BROKEN))
    if fault == "truncated":
        text = f"everything in order {order} arrived {rng.choice(BROKEN)}. Please refund the whole order and list the items one by one for my insurance."
    told = f" It was {amount_text(due, country)} {SIGN[currency]}." if fault == "comma_amount" or rng.random() < 0.4 else ""
    if rng.random() < 0.04:
        told += f" My card is {card}, in case you need it."
    shown = f"#{order}" if fault == "hash_order" else order
    case = {"message": f"{rng.choice(['Hello', 'Hi', 'Good morning', 'Dear team'])}, {text}{told} {rng.choice(['Thanks', 'Best regards', 'Kind regards'])}, {name}",
            "customer_id": customer, "order_id": shown, "reason": reason, "due": due, "currency": currency, "country": country, "name": name.split()[0], "item": item["name"], "kind": kind}
    return case, world


def _history(run: Run) -> Answer:
    """Payment events; a business account of many years has thousands."""
    order, many = run.world["order"], 6400 if run.fault == "context_overflow" else 14
    events = [{"n": n, "type": run.rng.choice(["payment.captured", "parcel.scanned", "invoice.sent", "login"]), "order_id": f"A-{10000 + n}", "amount": round(9 + n % 90 + 0.5, 2)} for n in range(many)]
    events += [{"n": many + k, "type": "payment.captured", "order_id": order["order_id"], "payment_id": p["payment_id"], "amount": p["amount"]} for k, p in enumerate(order["payments"])]
    return Answer({"customer_id": order["customer_id"], "events": events}, latency=0.2 + many / 3000)


def service(run: Run, method: str, path: str, query: str, body: dict) -> Answer:
    """The shop and the payment service."""
    world, rng = run.world, run.rng
    order, wait = world["order"], run.rng.lognormvariate(-1.9, 0.5)
    parts = path.strip("/").split("/")[1:]  # the first part names the service
    if parts[0] == "orders":
        if len(parts) == 1 or not parts[1]:
            return Answer({"orders": [], "total": 0, "page": 1}, latency=wait)
        found = parts[1] == order["order_id"]
        return Answer(order if found else {"message": f"no order {parts[1]}"}, 200 if found else 404, wait)
    if parts[0] == "customers":
        if parts[-1] == "events":
            return _history(run)
        if parts[-1] == "mails":
            world["mails"].append(body)
            return Answer({"status": "queued", "mail_id": f"M-{rng.randint(10**5, 10**6)}"}, latency=wait)
        return Answer(world["customer"], latency=wait)
    if parts[0] == "policy":
        late = order["days_since_delivery"] > 30 and body["reason"] == "changed_mind"
        most = 0 if late else order["total"]
        return Answer({"eligible": not late, "max_amount": most, "currency": order["currency"], "needs_approval": most > 500, "rule": "1 (30 days)" if late else "2 (faulty goods)"}, latency=wait)
    if parts[0] == "tickets":
        world["tickets"].append(body)
        return Answer({"ticket_id": f"T-{rng.randint(10**4, 10**5)}", "team": body["team"], "status": "open"}, latency=wait)
    return _payments(run, method, parts, body, wait)


def _payments(run: Run, method: str, parts: list[str], body: dict, wait: float) -> Answer:
    world = run.world
    if method == "GET":
        return Answer({"refund_id": parts[1], "status": "pending" if run.fault == "polling" else "settled"}, latency=wait)
    tries = world["tries"] = world.get("tries", 0) + 1
    if run.fault == "payment_hangs":
        return Answer({}, hang=4.0)
    if run.fault == "payments_down" or (run.fault == "recovers" and tries == 1):
        return Answer({"message": "payment core is not reachable, try again later"}, 503, 2.4)
    if body["amount"] > 500:
        return Answer({"message": "role refunds:write:high is required for amounts above 500"}, 403, wait)
    world["refunds"].append(dict(body))
    pending = run.fault == "polling" or world["slow_settle"]
    return Answer({"refund_id": f"R-{run.rng.randint(10**5, 10**6)}", "status": "pending" if pending else "settled", "amount": body["amount"], "currency": body["currency"]}, latency=wait * 2)


def solved(run: Run, result: dict | None) -> bool:
    """Whether the customer got what the policy says, and nothing leaked."""
    world = run.world
    if not result or (result["reply"] or "").endswith(("…",)) or "4111" in (result["reply"] or "") + str(world["mails"]):
        return False
    paid = round(sum(r["amount"] for r in world["refunds"]), 2)
    if world["kind"] == "refund":
        if run.fault == "payments_down":  # a person finishes it; the customer is told so
            return not paid and bool(world["tickets"])
        return paid == round(world["due"], 2) and run.fault not in ("truncated", "polling")
    if paid:
        return False
    return bool(world["tickets"]) if world["kind"] == "escalate" else result["outcome"] == "declined"
