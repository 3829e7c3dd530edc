"""The tools of incident triage: alerts, log search, threat intelligence, inventory and response."""

import json
import os
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import datetime
from typing import Any

VERSION = "2.3.0"


def _request(base: str, method: str, path: str, body: dict | None = None) -> Any:
    """One JSON request to a service of the operations centre."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(os.environ[base] + path, data=data, method=method, headers={"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


def _epoch(moment: str) -> int:
    """Time since 1970 of an ISO 8601 time, as version 2 of the log search wants it."""
    return int(datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp())


def get_alert(alert_id: str) -> dict:
    """Alert with rule, severity, host, user, indicator and time."""
    return _request("SOC_URL", "GET", f"/alerts/{alert_id}")


def search_logs(query: str, start: str, end: str) -> dict:
    """Log lines that contain the query between two times (ISO 8601, UTC)."""
    body = {"query": query, "from": _epoch(start), "to": _epoch(end), "limit": 20}
    return _request("SIEM_URL", "POST", "/v2/search", body)


def lookup_indicator(value: str) -> dict:
    """Threat intelligence on an address, a domain or a file hash."""
    return _request("INTEL_URL", "GET", "/indicators/" + urllib.parse.quote(value, safe=""))


def get_host(hostname: str) -> dict:
    """Inventory record of a host: owner, role, criticality."""
    return _request("SOC_URL", "GET", f"/hosts/{hostname}")


def isolate_host(hostname: str, reason: str) -> dict:
    """Cut a host off the network."""
    return _request("SOC_URL", "POST", f"/hosts/{hostname}/isolate", {"reason": reason})


def close_alert(alert_id: str, verdict: str, note: str) -> dict:
    """Close an alert with a verdict."""
    return _request("SOC_URL", "POST", f"/alerts/{alert_id}/close", {"verdict": verdict, "note": note})


def escalate(alert_id: str, note: str) -> dict:
    """Hand an alert to tier 2."""
    return _request("SOC_URL", "POST", f"/alerts/{alert_id}/escalate", {"team": "tier-2", "note": note})


TOOLS: dict[str, Callable[..., Any]] = {
    function.__name__: function for function in (get_alert, search_logs, lookup_indicator, get_host, isolate_host, close_alert, escalate)
}


def _schema(tool: str, **properties: dict) -> dict:
    """Tool definition as the messages API wants it; every property is required."""
    return {
        "name": tool,
        "description": TOOLS[tool].__doc__,
        "input_schema": {"type": "object", "properties": properties, "required": list(properties)},
    }


_TEXT = {"type": "string"}
_TIME = {"type": "string", "format": "date-time"}

SCHEMAS = [
    _schema("get_alert", alert_id=_TEXT),
    _schema("search_logs", query=_TEXT, start=_TIME, end=_TIME),
    _schema("lookup_indicator", value=_TEXT),
    _schema("get_host", hostname=_TEXT),
    _schema("isolate_host", hostname=_TEXT, reason=_TEXT),
    _schema("close_alert", alert_id=_TEXT, verdict={"type": "string", "enum": ["true_positive", "false_positive"]}, note=_TEXT),
    _schema("escalate", alert_id=_TEXT, note=_TEXT),
]
