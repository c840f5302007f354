"""A person's choice of hosts, and hosts as a run stores them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.inventory.host import Host, ServiceEntry
from engine.inventory.inventory import Inventory, InventoryError

INVENTORY = Inventory(
    [Host("web-1", "a", groups=("web",)), Host("web-2", "b", groups=("web", "canary")), Host("db", "c")]
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("web", "web-1 web-2"),
        ("web-2,web-1", "web-2 web-1"),
        ("canary,web", "web-2 web-1"),
        ("db, local", "db local"),
        ("web,web-1,web", "web-1 web-2"),
    ],
)
def test_hosts_and_groups_each_once_in_their_order(text: str, names: str) -> None:
    assert [host.name for host in INVENTORY.choose(text)] == names.split()


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("wbe", "no host or group is called 'wbe'; did you mean web?"),
        ("DB", "did you mean db?"),
        ("zzz", "there are: web-1, web-2, db, local, web, canary"),
        ("web,,db", "empty place"),
        ("", "empty place"),
        ("web,", "empty place"),
    ],
)
def test_a_choice_of_nothing_is_refused(text: str, because: str) -> None:
    with pytest.raises(InventoryError, match=because) as refusal:
        INVENTORY.choose(text)
    assert refusal.value.hint


def test_by_name() -> None:
    assert INVENTORY["db"].address == "c"
    with pytest.raises(InventoryError, match="'web'"):
        INVENTORY["web"]


TEXTS = st.text(max_size=20)
HOSTS = st.builds(
    Host,
    name=TEXTS,
    address=TEXTS,
    port=st.integers(0, 65535),
    groups=st.lists(TEXTS).map(tuple),
    labels=st.dictionaries(TEXTS, TEXTS),
    vars=st.dictionaries(
        TEXTS, TEXTS | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
    ),
    services=st.dictionaries(TEXTS, st.builds(ServiceEntry, pidfile=TEXTS, start=TEXTS, grace=st.floats(0, 100))),
)


@given(HOSTS)
def test_a_stored_host_comes_back_as_it_was(host: Host) -> None:
    back = Host.from_json(json.loads(json.dumps(host.to_json())))
    assert back == host
    assert [type(value) for value in back.vars.values()] == [type(value) for value in host.vars.values()]


def test_what_a_newer_version_stored_is_left_out_and_rubbish_is_refused() -> None:
    assert Host.from_json({**Host("a").to_json(), "newer": 1}) == Host("a")
    with pytest.raises(ValueError, match="name"):
        Host.from_json({"address": "x"})
