"""`http`: bodies encoded once, secrets in headers, and what is known when nothing answers."""

import json
import socket

import pytest
from pydantic import ValidationError

from engine.primitives.values import Value
from engine.reach.place import Place, Response
from engine.words.http import Http
from engine.words.word import Deed
from incidents.secret import Secret
from tests.engine.words.conftest import Web
from tests.support.scene import Scripted, Stage

HOSTILE = 'quote " brace }} {{ port }} \\ newline \n null'


class Version:
    """An output taken from a JSON body."""

    def take(self, name: str, text: str) -> Value:
        value: Value = json.loads(text)["version"]
        return value


def test_get_compares_and_takes_outputs(stage: Stage, local: Place, web: Web) -> None:
    web.says("/api/info", 200, {"version": "1.0.0"})
    word = Http.model_validate(
        {"get": "http://127.0.0.1:{{ port }}/api/info", "expect": {"json": {"version": "1.0.0"}}}
    )
    assert word.effect == "read"
    deed = word.perform(stage.scene(local, {"port": web.port}, outputs={"version": Version()}))
    assert (deed.status, deed.message) == ("ok", f"GET http://127.0.0.1:{web.port}/api/info -> 200")
    assert deed.outputs == {"version": "1.0.0"}
    assert b"1.0.0" in stage.shown["out"]


def test_an_unmet_expectation_fails_and_is_a_quote(stage: Stage, local: Place, web: Web) -> None:
    web.says("/", 503, {})
    deed = Http.model_validate({"get": f"http://127.0.0.1:{web.port}/"}).perform(stage.scene(local))
    assert (deed.status, deed.quote) == ("failed", "expected 200")


def test_an_expectation_without_its_value_is_unmet(stage: Stage, local: Place, web: Web) -> None:
    web.says("/", 200, {"version": "1"})
    yaml = {"get": f"http://127.0.0.1:{web.port}/", "expect": {"json": {"version": "{{ version }}"}}}
    deed = Http.model_validate(yaml).perform(stage.scene(local))
    assert (deed.status, deed.quote) == ("failed", "version has no value here, but '{{ version }}' uses it")


def test_json_is_encoded_once_whatever_stands_in_it(stage: Stage, local: Place, web: Web) -> None:
    web.says("/hook", 201, {})
    yaml = {
        "post": f"http://127.0.0.1:{web.port}/hook",
        "json": {
            "text": "{{ note }}",
            "mixed": "n={{ count }}",
            "braces": "{ {{ count }} }",
            "count": "{{ count }}",
            "deep": [{"on": True}, None],
        },
        "expect": {"status": 201},
    }
    word = Http.model_validate(yaml)
    assert word.effect == "change"
    assert word.perform(stage.scene(local, {"note": HOSTILE, "count": 3})).status == "ok"
    method, _, headers, body = web.heard[0]
    assert (method, headers["Content-Type"]) == ("POST", "application/json")
    assert json.loads(body) == {
        "text": HOSTILE,
        "mixed": "n=3",
        "braces": "{ 3 }",
        "count": 3,
        "deep": [{"on": True}, None],
    }


def test_a_secret_goes_as_a_header_and_shows_nowhere(stage: Stage, local: Place, web: Web) -> None:
    web.says("/", 200, {})
    yaml = {
        "get": f"http://127.0.0.1:{web.port}/",
        "headers": {"Authorization": {"secret": "token", "prefix": "Bearer "}},
    }
    deed = Http.model_validate(yaml).perform(stage.scene(local, secrets={"token": Secret("token", "s3cret")}))
    assert web.heard[0][2]["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in repr(deed)


@pytest.mark.parametrize(
    ("method", "answer", "status"),
    [
        ("get", Response(0, {}, b"", 1.0, "no whole answer within 10 s"), "failed"),
        ("post", Response(0, {}, b"", 1.0, "no whole answer within 10 s"), "unknown"),
        ("post", Response(0, {}, b"", 1.0, "connection refused", sent=False), "failed"),
        ("post", Response(0, {}, b"", 1.0, "no route", reached=False, sent=False), "unreachable"),
    ],
)
def test_no_answer_says_what_is_known(stage: Stage, method: str, answer: Response, status: str) -> None:
    deed = Http.model_validate({method: "http://127.0.0.1/"}).perform(stage.scene(Scripted(answer)))
    assert deed.status == status
    assert deed.message == f"{method.upper()} http://127.0.0.1/ -> {answer.message}"


def test_a_refused_connection_changed_nothing(stage: Stage, local: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    deed = Http.model_validate({"post": f"http://127.0.0.1:{port}/"}).perform(stage.scene(local))
    assert deed.status == "failed"


def test_the_controller_may_ask_instead(stage: Stage) -> None:
    host, controller = Scripted(), Scripted(Response(200, {}, b"", 0.1))
    word = Http.model_validate({"get": "https://example.org/", "from": "controller", "timeout": "3s"})
    assert word.perform(stage.scene(host, controller=controller)) == Deed("ok", "GET https://example.org/ -> 200")
    assert controller.requests[0].timeout == 3.0
    assert not host.requests


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ({"get": "http://x/", "post": "http://x/"}, "get and post are given"),
        ({"post": "http://x/", "json": {}, "body": "x"}, "json and body are both given"),
        ({"get": "http://x/", "body": "x"}, "GET carries no body"),
        ({"get": "http://x/", "from": "moon"}, "'host' or 'controller'"),
    ],
)
def test_wrong_requests_are_refused(yaml: object, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Http.model_validate(yaml)
