"""X-Forwarded-For counts from a named proxy, as many hops as there are, and from nobody else."""

from flask import Flask, request
from flask.testing import FlaskClient

from app.http.proxies import NamedProxies
from tests.app.conftest import MakeClient


def who(peer: str, forwarded: str, *, count: int, named: tuple[str, ...]) -> str:
    app = Flask("who")
    app.add_url_rule("/", view_func=lambda: f"{request.remote_addr}")
    app.wsgi_app = NamedProxies(app.wsgi_app, count=count, named=named)  # type: ignore[method-assign]
    environ = {"REMOTE_ADDR": peer}
    return app.test_client().get("/", environ_overrides=environ, headers={"X-Forwarded-For": forwarded}).text


def test_a_stranger_cannot_name_itself() -> None:
    assert who("198.51.100.7", "1.2.3.4", count=1, named=("127.0.0.1",)) == "198.51.100.7"
    assert who("127.0.0.1", "1.2.3.4", count=0, named=()) == "127.0.0.1"


def test_a_named_proxy_speaks_for_its_client_by_the_last_hop_only() -> None:
    assert who("127.0.0.1", "9.9.9.9, 1.2.3.4", count=1, named=("127.0.0.1",)) == "1.2.3.4"
    assert who("10.0.0.9", "9.9.9.9, 1.2.3.4", count=2, named=("10.0.0.0/8",)) == "9.9.9.9"
    assert who("", "1.2.3.4", count=1, named=("unix",)) == "1.2.3.4"


def test_limits_cannot_be_escaped_by_the_header(make_client: MakeClient) -> None:
    client: FlaskClient = make_client(LIMIT_SENSITIVE="5 per minute")
    statuses = [
        client.get("/api/sensitive/data", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code for n in range(8)
    ]
    assert statuses == [200] * 5 + [429] * 3
