"""The feature analyst's world: seeded datasets with known good, leaking and broken columns, and the store that serves them."""

from __future__ import annotations

import math
import random
from datetime import datetime

from .session import Answer, Run

# dataset family: (target, informative columns, noise columns, column known only after the target)
FAMILIES = {
    "churn": ("churned", ["tenure_months", "support_tickets", "monthly_fee", "logins_30d"], ["zip_last2", "shoe_size"], "exit_survey_score"),
    "fraud": ("is_fraud", ["amount_z", "distance_km", "night_share", "merchant_risk"], ["weekday", "till_number"], "chargeback_fee"),
    "loan_default": ("defaulted", ["debt_ratio", "utilisation", "late_payments", "income_k"], ["branch_no", "form_version"], "recovery_calls"),
    "readmission": ("readmitted", ["length_of_stay", "prior_visits", "lab_abnormal", "med_count"], ["ward_no", "bed_no"], "followup_bill"),
    "demand_spike": ("spike", ["promo_depth", "temp_delta", "stock_cover", "search_index"], ["shelf_no", "till_count"], "overtime_hours"),
    "machine_failure": ("failed_7d", ["vibration_rms", "oil_temp", "age_days", "load_mean"], ["paint_code", "bay_no"], "repair_minutes"),
}


def make_case(rng: random.Random, fault: str | None, when: datetime) -> tuple[dict, dict]:
    """A dataset and a question about it."""
    family = rng.choice(list(FAMILIES))
    target, good, noise, late = FAMILIES[family]
    good = rng.sample(good, rng.choice([3, 3, 4]))
    dataset = f"{family}_{when:%Y_%m}_v{rng.randint(1, 9)}"
    columns = ["row_id", *good, *rng.sample(noise, 1), late, target]
    constant = "region_flag" if fault == "constant_column" else None
    if constant:
        columns.insert(2, constant)
    weights = {name: rng.choice([-1, 1]) * rng.uniform(0.7, 1.3) for name in good}
    sparse = rng.choice(good) if fault == "sparse_column" else None
    lines = [",".join(columns)]
    weak = 0.12 if fault == "weak_signal" else 1.0
    for number in range(rng.choice([240, 300, 360])):
        values = {name: rng.gauss(0, 1) for name in columns}
        y = int(rng.random() < 1 / (1 + math.exp(-weak * sum(w * values[n] for n, w in weights.items()) + 0.6)))
        values |= {target: y, late: y * 4 + rng.gauss(0, 0.35)}
        row = [str(number) if c == "row_id" else str(y) if c == target else "1" if c == constant else f"{values[c]:.3f}" for c in columns]
        if sparse and rng.random() < 0.55:
            row[columns.index(sparse)] = ""
        lines.append(",".join(row))
    world = {"csv": "\n".join(lines) + "\n", "late": late, "dataset": dataset, "sets": []}
    goal = rng.choice(["First version of a model; a small, explainable set is enough.", "The risk team wants at most four features.", "Replace the rules of last year by a simple model.", "Prepare a baseline before we try boosted trees."])
    return {"dataset": dataset, "target": target, "goal": goal, "good": good, "late": late, "noise": columns[-3], "constant": constant, "sparse": sparse}, world


def service(run: Run, method: str, path: str, query: str, body: dict) -> Answer:
    """The feature store."""
    parts, wait = path.strip("/").split("/")[1:], run.rng.lognormvariate(-1.4, 0.5)
    if parts[0] == "feature-sets":
        if run.fault == "registry_down":
            return Answer({"message": "registry is read-only during the migration"}, 503, wait)
        run.world["sets"].append(body)
        return Answer({"status": "registered", "set_id": f"FS-{run.rng.randint(100, 9999)}", "name": body["name"]}, latency=wait)
    if parts[-1] == "notes":
        return Answer({"known_after_target": [run.world["late"]]}, latency=wait)
    if parts[1] != run.world["dataset"] + ".csv":
        return Answer({"message": f"no dataset {parts[1]}"}, 404, wait)
    return Answer(run.world["csv"], latency=wait * 3, text=True)


def solved(run: Run, result: dict | None) -> bool:
    """Whether a clean set was registered with its true figure, or rightly not registered."""
    if not result or run.fault in ("wrong_figure", "kept_leak", "registry_down"):
        return False
    if run.fault == "weak_signal":
        return not run.world["sets"]
    return bool(run.world["sets"]) and run.world["late"] not in run.world["sets"][0]["features"]
