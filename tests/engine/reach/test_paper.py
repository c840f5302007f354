"""The dry run: everything asked is written down in order, nothing is touched, all goes well."""

from pathlib import Path

from engine.inventory.host import Host
from engine.reach.paper import Note, PaperReach
from engine.reach.place import Command, Request

from .conftest import Heard


def test_what_is_asked_is_noted_and_nothing_is_touched(tmp_path: Path, heard: Heard) -> None:
    reach = PaperReach()
    web, local = reach.place(Host("web-1", "10.0.0.1")), reach.place(Host("local"))
    command = Command(f"touch {tmp_path}/never", "touch")
    request = Request("GET", "http://127.0.0.1:1/")
    assert web.run(command, heard).exit == 0
    assert local.http(request).status == 200
    assert web.put(tmp_path / "no", "/etc/x", mode=0o644, limit=1, timeout=1).problem == ""
    assert web.get("/etc/x", tmp_path / "never", limit=1, timeout=1).problem == ""
    assert reach.notes == [
        Note("web-1", command),
        Note("local", request),
        Note("web-1", f"{tmp_path}/no -> /etc/x (0644)"),
        Note("web-1", f"/etc/x -> {tmp_path}/never"),
    ]
    assert not list(tmp_path.iterdir())
    assert not heard.pieces
