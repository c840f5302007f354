"""Plans of small books over small inventories, as `prepare` makes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.inventory.host import Host
from engine.inventory.inventory import Inventory
from engine.language.library import Library
from engine.plan.prepare import prepare
from engine.primitives.values import Value
from incidents.vocabulary.run import RunPlanned

HOSTS = Inventory(
    [
        Host("web-1", address="192.0.2.1", groups=("web",), vars={"port": 8081}),
        Host("web-2", address="192.0.2.2", groups=("web",)),
        Host("db-1", address="192.0.2.3", groups=("db",)),
    ]
)
Prepare = Callable[..., RunPlanned]


@pytest.fixture
def plan_of(tmp_path: Path) -> Prepare:
    """Writes the texts as books and prepares the first; books are found by id."""

    def make(*texts: str, hosts: str = "web", given: dict[str, Value] | None = None) -> RunPlanned:
        folder = tmp_path / "books"
        folder.mkdir(exist_ok=True)
        ids = []
        for text in texts:
            (name,) = (line.split()[1] for line in text.splitlines() if line.startswith("id: "))
            (folder / f"{name}.yaml").write_text(text)
            ids.append(name)
        library = Library([folder])
        loaded = library.find(ids[0])
        return prepare(loaded, library, HOSTS, hosts=hosts, given=given or {}, run="RUN-1", incident="INC-1")

    return make
