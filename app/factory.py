"""Puts the parts together into one Flask application; the only file that knows them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response

from app.auth import routes as auth
from app.auth import tokens
from app.auth.accounts import Accounts
from app.auth.keys import Keyring, RevokedKeys
from app.auth.lockout import Lockout
from app.auth.sessions import Sessions
from app.auth.signin import SignIn
from app.configuration.load import Loaded, faults_now
from app.http import cors, errors, intake, openapi
from app.http.api import Api
from app.http.journey import Journey
from app.http.proxies import NamedProxies
from app.http.security_headers import SecurityHeaders
from app.ingest import routes as ingest
from app.ingest.replay import Seen
from app.limits.counters import Counters
from app.limits.keys import Keys
from app.limits.limiter import Limits
from app.logs.start import start
from app.metrics import events
from app.operations import gate
from app.operations import routes as operations
from app.operations.access import Access
from app.operations.switches import Switches
from app.product import routes as product
from app.status import checks, health
from app.status import routes as status
from app.store.database import UNAVAILABLE, Database
from app.store.tables import metadata
from app.upstream import routes as toolkit
from app.upstream.client import Upstream


class JsonResponse(Response):
    """Flask's response, except that nothing is HTML unless somebody says so."""

    default_mimetype = "application/json"


class Backend(Flask):
    """Flask with our response class; paths mean themselves, so nothing is answered by a redirect."""

    response_class = JsonResponse

    def __init__(self) -> None:
        super().__init__("app", static_folder=None)
        self.url_map.merge_slashes = False

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Every function here is synchronous; Flask would look at each one's code at each call to find out."""
        return func


def create_app(loaded: Loaded) -> Flask:
    """The application for `loaded.settings`. Makes the folders and tables it needs."""
    settings = loaded.settings
    settings.instance_dir.mkdir(parents=True, exist_ok=True, mode=0o750)
    output, renderer = start(settings, events.observe)
    database = Database(settings.database, connections=settings.threads)
    database.create(metadata)
    accounts, sessions, lockout = Accounts(database), Sessions(database), Lockout(database)
    keys, revoked = Keyring(settings), RevokedKeys(database)
    switches = Switches(settings.instance_dir)
    upstream = Upstream(settings.toolkit_url, settings.toolkit_api_key.get_secret_value())

    app = Backend()
    cors.register(app, settings.origins, private="/api/ops/")
    gate.register(app, switches, settings.log_level)
    intake.register(app, seconds=settings.request_timeout_seconds)
    errors.register(app)
    errors.unavailable(app, UNAVAILABLE)
    tokens.register(app, keys, sessions)
    limits = Limits(app, settings, Keys(renderer.redactor))

    api, access = Api(app), Access(settings.operations_token.get_secret_value())
    counters = Counters(limits.storage)
    status.register(api, limits, settings)
    auth.register(api, limits, sessions, SignIn(accounts, sessions, lockout))
    product.register(api, limits, accounts)
    ingest.register(api, limits, settings, Seen(database), revoked, output, renderer)
    toolkit.register(api, limits, upstream)
    operations.register(
        api,
        access,
        limits,
        operations.Operated(loaded, output, switches, counters, accounts, sessions, keys, revoked, lockout),
    )
    seen = [
        checks.configuration(faults_now),
        checks.answers("database", database.answers),
        checks.answers("limiter", counters.answers),
        checks.disk(settings.data_dir),
        checks.memory,
        checks.log_writable(settings.log_dir, lambda: output.waiting),
        checks.upstream(upstream.configured, lambda: upstream.breaker.state),
    ]
    health.register(api, access, limits, settings, switches, database.answers, seen)
    openapi.register(api, app, limits)
    proxies = NamedProxies(app.wsgi_app, count=settings.trusted_proxy_count, named=settings.trusted_proxies)
    journey = Journey(proxies, renderer.redactor)
    app.wsgi_app = SecurityHeaders(journey, production=settings.production)  # type: ignore[method-assign]
    return app
