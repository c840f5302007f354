"""The canary, profile, chat echo and analytics; must not keep anything but the profile."""

from __future__ import annotations

import uuid
from typing import Annotated

from flask import Response
from pydantic import Field

from app.auth.accounts import Accounts
from app.auth.bodies import DisplayName
from app.auth.routes import person
from app.auth.tokens import account_of_request, signed_in
from app.http.api import Api
from app.http.body import Body, accepts
from app.http.rpc import reply
from app.limits.limiter import Limits
from app.logs.lines import logger


class ProfileBody(Body):
    """What a user may change of the profile."""

    displayName: DisplayName  # noqa: N815 - the wire's spelling


class ChatBody(Body):
    """One message."""

    message: Annotated[str, Field(min_length=1, max_length=4000)]


class TrackBody(Body):
    """One analytics event, by its name."""

    event: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]


def register(api: Api, limits: Limits, accounts: Accounts) -> None:
    """Add the routes."""
    settings = limits.settings

    @api.get("/api/sensitive/data")
    @limits.per_client(settings.limit_sensitive, "sensitive")
    def sensitive() -> Response:
        return reply({"data": "sensitive"})

    @api.get("/api/user", rpc=("user.get",))
    @signed_in()
    @limits.per_user(settings.limit_user, "user")
    def get_user() -> Response:
        return reply({"user": person(account_of_request())})

    @api.post("/api/user", rpc=("user.update",))
    @signed_in()
    @limits.per_user(settings.limit_user, "user")
    @accepts(ProfileBody)
    def update_user(body: ProfileBody) -> Response:
        account = account_of_request()
        accounts.set_display_name(account.id, body.displayName)
        return reply({"user": person(account) | {"displayName": body.displayName}})

    @api.post("/api/chat/messages", rpc=("chat.sendMessage",))
    @signed_in()
    @limits.per_user(settings.limit_chat, "chat")
    @accepts(ChatBody)
    def chat(body: ChatBody) -> Response:
        return reply({"id": str(uuid.uuid4()), "reply": f"You said: {body.message}"})

    @api.post("/api/analytics/events", rpc=("analytics.track",))
    @signed_in()
    @limits.per_user(settings.limit_analytics, "analytics")
    @accepts(TrackBody)
    def track(body: TrackBody) -> Response:
        logger().info("analytics_event", "Analytics event", cat="analytics", data={"event": body.event})
        return reply({"success": True})
