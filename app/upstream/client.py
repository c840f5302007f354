"""Calls the toolkit over HTTP: five seconds per try, two retries, the breaker around it; must not know Flask."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request

from app.metrics.definitions import UPSTREAM_CALLS
from app.upstream.breaker import Breaker

TIMEOUT_S = 5.0
RETRIES = 2
BACKOFF_S = 0.3
MAX_ANSWER_BYTES = 1024 * 1024


class UpstreamFailed(Exception):
    """No usable answer: unreachable, too slow, an error of theirs, or not JSON."""


class UpstreamClosed(Exception):
    """The breaker is open, or no upstream is configured."""


class _Refused(Exception):
    """A 4xx or a redirect: trying again would not help."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """The key must not follow a redirect to another host."""


class Upstream:
    """One upstream service, by its base URL; empty: switched off."""

    def __init__(self, base: str, key: str) -> None:
        self._base = base.rstrip("/")
        self._key = key
        self.breaker = Breaker()
        # No proxies: what the process environment says about proxies must not see the key.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)

    @property
    def configured(self) -> bool:
        """Whether there is an upstream at all."""
        return bool(self._base)

    def call(self, path: str, body: object) -> object:
        """POST `body`; the JSON answer. For calls that change nothing there, since they are tried again.

        Raises UpstreamClosed without a call, UpstreamFailed after the last try.
        """
        if not self.configured or not self.breaker.enter():
            UPSTREAM_CALLS.labels("refused").inc()
            raise UpstreamClosed
        failed = True
        try:
            answer = self._persistently(path, body)
            failed = False
        except _Refused as error:
            failed = False  # it answers: the fault is in what was asked
            raise UpstreamFailed(str(error)) from error
        except (OSError, ValueError) as error:
            raise UpstreamFailed(str(error)) from error
        finally:
            self.breaker.leave(failed=failed)
            UPSTREAM_CALLS.labels("failed" if failed else "answered").inc()
        return answer

    def _persistently(self, path: str, body: object) -> object:
        for attempt in range(RETRIES):
            try:
                return self._once(path, body)
            except (OSError, ValueError):
                time.sleep(BACKOFF_S * 2**attempt)
        return self._once(path, body)

    def _once(self, path: str, body: object) -> object:
        request = urllib.request.Request(  # noqa: S310 - settings allow http(s) only
            self._base + path,
            data=json.dumps(body).encode(),
            method="POST",
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"},
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as response:
                raw = response.read(MAX_ANSWER_BYTES + 1)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code < 500:
                raise _Refused(f"HTTP {error.code}") from None
            raise OSError(f"HTTP {error.code}") from None
        if len(raw) > MAX_ANSWER_BYTES:
            raise ValueError("answer too large")
        answer: object = json.loads(raw)
        return answer
