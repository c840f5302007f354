"""Names an author may give, and why some are taken."""

import pytest

from engine.primitives.names import RESERVED, check_book_id, check_name, check_slug


@pytest.mark.parametrize("name", ["unit", "port", "a", "path", "home", "user", "status", "ifs", "version", "x1_y"])
def test_names_that_hurt_nobody_are_free(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("host", "'host' is a name that every step already has; take another name"),
        ("dry_run", "'dry_run' is a flag that every runbook already has; take another name"),
        ("doctor", "'doctor' is a task of its own; take another name"),
        ("if", "'if' means something to the shell; take another name"),
        ("true", "'true' is a word of conditions; take another name"),
        ("http_proxy", "'http_proxy' as a shell variable changes what other programs do; take another name"),
        (
            "npm_config_registry",
            "'npm_config_registry' as a shell variable changes what other programs do; take another name",
        ),
        ("Unit", "'Unit' is not a name here (lower-case letters, digits and _, at most 63); write unit"),
        ("my-unit", "'my-unit' is not a name here (lower-case letters, digits and _, at most 63); write my_unit"),
        ("PATH", "'PATH' is not a name here (lower-case letters, digits and _, at most 63); write path"),
        ("", "'' is not a name here (lower-case letters, digits and _, at most 63)"),
        ("a" * 64, f"'{'a' * 64}' is not a name here (lower-case letters, digits and _, at most 63); write {'a' * 63}"),
        ("ünit\n", "'ünit\\n' is not a name here (lower-case letters, digits and _, at most 63); write nit"),
    ],
)
def test_why_a_name_is_taken(name: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        check_name(name)
    assert str(caught.value) == said


def test_every_reserved_name_is_refused() -> None:
    for name in RESERVED:
        with pytest.raises(ValueError, match="take another name"):
            check_name(name)


@pytest.mark.parametrize("slug", ["Restart", "restart_it", "-a", "a-", "a--b", "1a", "", "a" * 64])
def test_steps_are_lower_case_words_joined_by_hyphens(slug: str) -> None:
    with pytest.raises(ValueError, match="lower-case words joined by hyphens"):
        check_slug(slug)


def test_a_runbook_is_not_called_like_a_task() -> None:
    assert check_book_id("server-down") == "server-down"
    with pytest.raises(ValueError, match="'doctor' is a task of its own; take another id"):
        check_book_id("doctor")
