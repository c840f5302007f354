"""`/api/toolkit/*`: passes a prompt on, and says how the upstream is; must not know the network."""

from __future__ import annotations

from typing import Annotated, Literal

from flask import Response
from pydantic import Field

from app.auth.tokens import signed_in
from app.http.api import Api
from app.http.body import Body, accepts
from app.http.envelope import refusal
from app.http.rpc import reply
from app.limits.limiter import Limits
from app.upstream.client import Upstream, UpstreamClosed, UpstreamFailed


class Message(Body):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: Annotated[str, Field(min_length=1, max_length=8000)]


class PromptBody(Body):
    """What is sent to the text model."""

    messages: Annotated[list[Message], Field(min_length=1, max_length=50)]


def register(api: Api, limits: Limits, upstream: Upstream) -> None:
    """Add the routes; the default limit holds."""

    @api.get("/api/toolkit/health")
    @limits.default
    def toolkit_health() -> Response:
        return reply(
            {
                "ok": upstream.breaker.state == "closed",
                "configured": upstream.configured,
                "breaker": upstream.breaker.state,
            }
        )

    @api.post("/api/toolkit/v1/text/llm")
    @signed_in()
    @limits.default
    @accepts(PromptBody)
    def text(body: PromptBody) -> Response:
        try:
            return reply(upstream.call("/v1/text/llm", body.model_dump()))
        except UpstreamClosed:
            raise refusal(503, "The upstream service is not available", headers={"Retry-After": "30"}) from None
        except UpstreamFailed as error:
            raise refusal(502) from error
