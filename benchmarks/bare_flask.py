"""A bare Flask view with the body of `/api/`, which backend_throughput.py measures beside the backend."""

from datetime import UTC, datetime

from flask import Flask, Response, jsonify

app = Flask(__name__)


@app.get("/api/")
def root() -> Response:
    """The four keys."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return jsonify(status="ok", message="Language Learning API is running", timestamp=now, version="1.0.0")
