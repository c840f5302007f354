"""Where gunicorn enters: `app.wsgi:app`, built from the env file as it is now, in each worker."""

from __future__ import annotations

from app.configuration.boot import load_or_exit
from app.factory import create_app

app = create_app(load_or_exit())
