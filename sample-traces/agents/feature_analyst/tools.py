"""The tools of the feature analyst: real statistics on datasets of the feature store, and its registry."""

import csv
import io
import json
import math
import os
import random
import statistics
import urllib.request
from collections.abc import Callable
from typing import Any

MISSING = ("", "NA", "null")
_cache: dict[str, list[dict[str, str]]] = {}


def _rows(dataset: str) -> list[dict[str, str]]:
    """All rows of a dataset, fetched once."""
    if dataset not in _cache:
        with urllib.request.urlopen(f"{os.environ['STORE_URL']}/datasets/{dataset}.csv", timeout=30) as response:
            _cache[dataset] = list(csv.DictReader(io.StringIO(response.read().decode())))
    return _cache[dataset]


def _numbers(dataset: str, column: str) -> list[float | None]:
    """A column as numbers; missing values become None."""
    return [None if row[column] in MISSING else float(row[column]) for row in _rows(dataset)]


def describe_dataset(dataset: str) -> dict:
    """Number of rows, columns and a first row as an example."""
    rows = _rows(dataset)
    return {"dataset": dataset, "rows": len(rows), "columns": list(rows[0]), "example": rows[0]}


def column_stats(dataset: str, column: str) -> dict:
    """Share of missing values, mean, spread and range of a numeric column."""
    values = _numbers(dataset, column)
    present = [value for value in values if value is not None]
    return {
        "column": column,
        "missing": round(1 - len(present) / len(values), 3),
        "mean": round(statistics.fmean(present), 4),
        "stdev": round(statistics.pstdev(present), 4),
        "min": min(present),
        "max": max(present),
    }


def correlate(dataset: str, feature: str, target: str) -> dict:
    """Pearson correlation of a feature with the target, over rows that have both."""
    pairs = [(x, y) for x, y in zip(_numbers(dataset, feature), _numbers(dataset, target)) if x is not None and y is not None]
    mean_x = statistics.fmean(x for x, _ in pairs)
    mean_y = statistics.fmean(y for _, y in pairs)
    covariance = sum((x - mean_x) * (y - mean_y) for x, y in pairs)
    spread = math.sqrt(sum((x - mean_x) ** 2 for x, _ in pairs) * sum((y - mean_y) ** 2 for _, y in pairs))
    return {"feature": feature, "target": target, "r": round(covariance / spread, 4), "rows": len(pairs)}


def check_leakage(dataset: str, features: list[str], target: str) -> dict:
    """Columns that are known only after the target, by their correlation and by the store's own notes."""
    with urllib.request.urlopen(f"{os.environ['STORE_URL']}/datasets/{dataset}/notes", timeout=30) as response:
        after = set(json.load(response)["known_after_target"])
    flagged = [f for f in features if f in after or abs(correlate(dataset, f, target)["r"]) > 0.95]
    return {"checked": features, "flagged": flagged, "clean": not flagged}


def train_baseline(dataset: str, features: list[str], target: str) -> dict:
    """Logistic regression on two thirds of the rows; area under the curve on the rest."""
    labels = [int(row[target]) for row in _rows(dataset)]
    columns = []
    for name in features:
        values = _numbers(dataset, name)
        mean = statistics.fmean(v for v in values if v is not None)
        spread = statistics.pstdev([v for v in values if v is not None]) or 1.0
        columns.append([0.0 if v is None else (v - mean) / spread for v in values])
    points = list(zip(zip(*columns), labels))
    random.Random(7).shuffle(points)
    cut = len(points) * 2 // 3
    weights, bias = [0.0] * len(features), 0.0
    for _ in range(60):
        for x, y in points[:cut]:
            error = y - 1 / (1 + math.exp(-max(-30.0, min(30.0, bias + sum(w * v for w, v in zip(weights, x))))))
            bias += 0.05 * error
            weights = [w + 0.05 * error * v for w, v in zip(weights, x)]
    scores = sorted((sum(w * v for w, v in zip(weights, x)), y) for x, y in points[cut:])
    ranks = [rank for rank, (_, y) in enumerate(scores, 1) if y]
    positives, negatives = len(ranks), len(scores) - len(ranks)
    auc = (sum(ranks) - positives * (positives + 1) / 2) / (positives * negatives)
    return {"features": features, "auc": round(auc, 4), "train_rows": cut, "test_rows": len(scores)}


def register_features(name: str, dataset: str, features: list[str], auc: float) -> dict:
    """Register a feature set so that training jobs can use it."""
    body = json.dumps({"name": name, "dataset": dataset, "features": features, "auc": auc}).encode()
    request = urllib.request.Request(f"{os.environ['STORE_URL']}/feature-sets", data=body, headers={"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


TOOLS: dict[str, Callable[..., dict]] = {
    function.__name__: function for function in (describe_dataset, column_stats, correlate, check_leakage, train_baseline, register_features)
}


def _schema(tool: str, **properties: Any) -> dict:
    """JSON schema of a tool; every property is required."""
    return {
        "name": tool,
        "description": TOOLS[tool].__doc__,
        "parameters": {"type": "object", "properties": properties, "required": list(properties)},
    }


_TEXT = {"type": "string"}
_NAMES = {"type": "array", "items": {"type": "string"}, "minItems": 1}

SCHEMAS = [
    _schema("describe_dataset", dataset=_TEXT),
    _schema("column_stats", dataset=_TEXT, column=_TEXT),
    _schema("correlate", dataset=_TEXT, feature=_TEXT, target=_TEXT),
    _schema("check_leakage", dataset=_TEXT, features=_NAMES, target=_TEXT),
    _schema("train_baseline", dataset=_TEXT, features=_NAMES, target=_TEXT),
    _schema("register_features", name=_TEXT, dataset=_TEXT, features=_NAMES, auc={"type": "number", "minimum": 0, "maximum": 1}),
]
