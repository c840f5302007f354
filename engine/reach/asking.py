"""HTTP from a host with what it has: python3, curl or wget; one sh script, one answer in HTTP's own form.

Nothing of the request is in any argv: it lies in private files, as secrets do. Redirects are not followed, proxies not
asked, and one deadline covers everything.
"""

from __future__ import annotations

from engine.reach import edge
from engine.reach.place import Command, Completed, Request, Response, Stream
from incidents.secret import Secret

HEAD = 256 * 1024
"""Bytes a head may have."""
NOTHING_ASKS = 69
NO_ANSWER = 70
NOT_SENT = 71

_PYTHON = r"""
import http.client, os, signal, sys
from urllib.parse import urlsplit

def end(code, *said):
    print(*said, file=sys.stderr, flush=True)
    os._exit(code)

sent = False
most = int(os.environ["max_body"])
signal.signal(signal.SIGALRM, lambda *_: end(70 if sent else 71, "no whole answer in time"))
signal.setitimer(signal.ITIMER_REAL, float(os.environ["seconds"]))
try:
    method, url, *lines = open(os.environ["request_file"], newline="\n", encoding="latin-1").read().split("\n")
    body = open(os.environ["body_file"], "rb").read() if "body_file" in os.environ else None
    parts = urlsplit(url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.hostname, parts.port)
    connection.connect()
    sent = True
    path = (parts.path or "/") + ("?" + parts.query if parts.query else "")
    connection.request(method, path, body, dict(line.split(": ", 1) for line in lines if line))
    answer = connection.getresponse()
    head = ["HTTP/1.1 %d %s" % (answer.status, answer.reason)] + ["%s: %s" % pair for pair in answer.getheaders()]
    data = answer.read(most + 1)
    if answer.length and len(data) <= most:
        print("the body ended %d bytes early" % answer.length, file=sys.stderr)
    sys.stdout.buffer.write(("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + data)
    sys.stdout.flush()
except Exception as wrong:
    end(70 if sent else 71, wrong or type(wrong).__name__)
os._exit(0)
"""

_SCRIPT = rf"""
if command -v python3 >/dev/null; then exec python3 -I -c "$program"; fi
folder="${{curl_file%/*}}"
bounded() {{ {{ "$@"; echo "$?" >"$folder/code"; }} | head -c "$((max_body + {HEAD} + 1))"; }}
if command -v curl >/dev/null; then
  set -- -q -sS -i -K "$curl_file" --noproxy '*' --max-time "$seconds" -H 'Expect:'
  [ -z "$body_file" ] || set -- "$@" --data-binary "@$body_file"
  [ "$method" != HEAD ] || set -- "$@" -I
  bounded curl "$@"
  case $(cat "$folder/code") in
    0 | 18 | 23) exit 0 ;;
    [2-7]) exit {NOT_SENT} ;;
    *) exit {NO_ANSWER} ;;
  esac
elif wget --version 2>/dev/null | grep -q GNU; then
  set -- --config="$wget_file" -i "$urls_file" -nv -S -O - --content-on-error --max-redirect=0 --tries=1
  set -- "$@" --timeout="$seconds" --no-proxy --no-hsts --method="$method"
  [ -z "$body_file" ] || set -- "$@" --body-file="$body_file"
  bounded wget "$@" >"$folder/answer" 2>"$folder/said"
  case $(cat "$folder/said") in
    *"  HTTP/"*)
      sed -n 's/^  \([A-Za-z]\)/\1/p' "$folder/said" | sed 's/$/\r/'
      printf '\r\n'
      cat "$folder/answer"
      [ "$(cat "$folder/code")" != 4 ] || echo "the body ended early" >&2
      exit 0
      ;;
    *"refused"* | *"resolve"* | *"unreachable"*) cat "$folder/said" >&2; exit {NOT_SENT} ;;
    *) cat "$folder/said" >&2; exit {NO_ANSWER} ;;
  esac
fi
echo "the host has no python3, curl or GNU wget to ask HTTP with: install one, or ask from: controller" >&2
exit {NOTHING_ASKS}
"""


def question(request: Request) -> Command:
    """The command that asks. Raises Unsendable."""
    held = {name: Secret(name, text) for name, text in edge.request_texts(request).items()}
    if request.body:
        held["body"] = Secret("body", edge.as_text("the body", request.body))
    return Command(
        script=_SCRIPT,
        display=f"{request.method} {request.url}",
        variables={
            "program": _PYTHON,
            "method": request.method,
            "seconds": f"{request.timeout:g}",
            "max_body": str(request.max_body),
        },
        secrets=held,
        timeout=request.timeout + 5.0,
    )


class Answer:
    """Collects what the host sends back."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._data = bytearray()

    def __call__(self, stream: Stream, data: bytes) -> None:
        """The sink of the command."""
        if stream == "out" and len(self._data) <= self._request.max_body + HEAD:
            self._data += data

    def response(self, completed: Completed) -> Response:
        """What it means, once the command has ended."""
        said = completed.err.text.strip().rpartition("\n")[2]
        if completed.ended != "exited":
            reached = completed.ended not in ("unreachable", "refused")
            return Response(0, {}, b"", completed.seconds, completed.message, reached, sent=reached)
        if completed.exit != 0:
            sent = completed.exit not in (NOT_SENT, NOTHING_ASKS)
            reached = completed.exit != NOTHING_ASKS
            return Response(0, {}, b"", completed.seconds, f"no answer: {said}", reached, sent)
        head, _, body = bytes(self._data).partition(b"\r\n\r\n")
        while head.startswith(b"HTTP/") and head[head.find(b" ") :][:2] == b" 1":
            head, _, body = body.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        code = status.split(" ")[1:2]
        if not status.startswith("HTTP/") or not code or not code[0].isdecimal():
            return Response(0, {}, b"", completed.seconds, "no answer: what came back is not HTTP")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            headers[name] = f"{headers[name]}, {value.strip()}" if name in headers else value.strip()
        most = self._request.max_body
        message = f"the body was cut at {most:,} bytes" if len(body) > most else said
        return Response(int(code[0]), headers, body[:most], completed.seconds, message)
