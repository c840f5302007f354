"""Puts the parts together into one Flask application; the only file that knows them all."""

from __future__ import annotations

from flask import Flask

from app.configuration.load import Loaded
from app.http import access_log, correlation, errors, security_headers
from app.logs.start import start
from app.status.routes import routes as status_routes


def create_app(loaded: Loaded) -> Flask:
    """The application for `loaded.settings`. Opens the log files; what it needs on disk it makes."""
    settings = loaded.settings
    settings.instance_dir.mkdir(parents=True, exist_ok=True, mode=0o750)
    output, renderer = start(settings)
    app = Flask("app", static_folder=None)
    app.extensions["output"] = output
    app.json.sort_keys = False  # type: ignore[attr-defined]

    correlation.register(app)
    access_log.register(app, renderer.redactor)
    security_headers.register(app, production=settings.production)
    errors.register(app)

    app.register_blueprint(status_routes(settings))
    return app
