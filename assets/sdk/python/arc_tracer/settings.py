"""What a tracer was told: where to send, as whom, and how much of the program's content may leave it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Callable, Optional

if TYPE_CHECKING:
    from .outbox import Outbox

DEFAULT_ENDPOINT = "http://127.0.0.1:8000"


class Settings:
    """The options of one `ArcTracer`, read-only once made. Shared by every span of its runs."""

    __slots__ = (
        "api_key", "capture_content", "domain", "endpoint", "memory", "outbox", "project", "redact", "service_name", "session_id",
        "user_id",
    )

    def __init__(
        self,
        domain: str = "auto",
        endpoint: Optional[str] = None,
        api_key: Optional[str] = None,
        project: Optional[str] = None,
        capture_content: bool = True,
        redact: Optional[Callable[[Any], Any]] = None,
        session_id: Optional[str] = None,
        user_id: Optional[str] = None,
        memory: bool = False,
        service_name: Optional[str] = None,
    ) -> None:
        from .outbox import outbox_for

        environment = os.environ
        self.domain = domain
        self.endpoint = (endpoint or environment.get("ARC_EVAL_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/")
        self.api_key = api_key or environment.get("ARC_EVAL_API_KEY") or None
        self.project = project or environment.get("ARC_EVAL_PROJECT") or None
        self.capture_content = capture_content
        self.redact = redact
        self.session_id = session_id
        self.user_id = user_id
        self.memory = memory
        self.service_name = service_name or environment.get("OTEL_SERVICE_NAME") or None
        self.outbox: "Outbox" = outbox_for(self.endpoint, self.api_key)
