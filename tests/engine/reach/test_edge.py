"""What a shell gets on stdin: values byte for byte, nothing in argv, no way for a script to break its wrapper."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.reach.edge import LONGEST, MOST, Unsendable, act, plain_headers
from engine.reach.place import Become, Command, Request
from incidents.secret import Secret

HOSTILE = [
    "",
    "'",
    '"',
    "'\\''",
    "$(touch /tmp/never)",
    "`touch /tmp/never`",
    "${PATH}",
    "a\nb\n\n",
    "\n",
    " ",
    "\t",
    "-n",
    "--help",
    "-e\\n",
    "a\\",
    "\\",
    "!!",
    "*",
    "~",
    "%s%d\\c",
    "; rm -rf /",
    "}\n)",
    "EOF",
    "\r\n",
    "\x01\x7f\x1b[31m",
    "é漢🙂\u202e",
    "\ud7ff\ue000\U0010ffff",
]
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=300)
DANGEROUS = st.text(st.sampled_from("'\"\\$`(){};|&<>\n\r\t !*?~%=-#é"), max_size=200)
once_per_shell = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def sh(command: Command) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["sh", "-s"], input=act(command).text, capture_output=True, timeout=30, check=False)


def said(command: Command) -> bytes:
    """What the script printed, without the herald."""
    result = sh(command)
    assert result.returncode == 0, result.stderr
    return result.stdout.partition(b"\n")[2]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_arrives_byte_for_byte(shell: str, value: str) -> None:
    assert said(Command('printf %s "$value"', variables={"value": value})) == value.encode()


@once_per_shell
@given(first=TEXT | DANGEROUS, second=TEXT | DANGEROUS)
def test_any_two_values_arrive_byte_for_byte_and_apart(shell: str, first: str, second: str) -> None:
    command = Command('printf "%s\\001%s" "$first" "$second"', variables={"first": first, "second": second})
    assert said(command) == first.encode() + b"\1" + second.encode()


@once_per_shell
@given(value=TEXT | DANGEROUS)
def test_a_value_is_exported_as_it_is(shell: str, value: str) -> None:
    assert said(Command("exec printenv value", variables={"value": value})) == value.encode() + b"\n"


@once_per_shell
@given(value=TEXT | DANGEROUS)
def test_a_secret_arrives_as_a_file_of_the_same_bytes(shell: str, gone: object, value: str) -> None:
    assert said(Command('cat "$token_file"', secrets={"token": Secret("token", value)})) == value.encode()


@pytest.mark.parametrize("unit", ["x", "'", "$", "\n", "é"])
def test_100_kilobytes_arrive(shell: str, unit: str) -> None:
    value = unit * (100_000 // len(unit.encode()))
    assert said(Command('printf %s "$value"', variables={"value": value})) == value.encode()


@pytest.mark.parametrize(
    "script",
    [
        "}",
        ")",
        "fi",
        "done",
        "echo (",
        "if",
        "'",
        '"',
        "`",
        "$(",
        "cat <<X",
        "}\n}; echo NEVER",
        "\\",
        "case x in",
        "&&",
    ],
)
def test_a_broken_script_fails_alone(shell: str, script: str) -> None:
    result = sh(Command(script + "\n", secrets={"token": Secret("token", "hunter22")}))
    assert b"NEVER" not in result.stdout
    if script not in ("\\", "cat <<X"):
        assert result.returncode != 0


@pytest.mark.parametrize("code", [0, 1, 2, 77, 126, 127, 128, 255])
@pytest.mark.parametrize("held", [{}, {"token": Secret("token", "hunter22")}])
def test_the_exit_status_is_the_script_s(shell: str, gone: object, code: int, held: dict[str, Secret]) -> None:
    for script in (
        f"exit {code}",
        f"(exit {code})",
        f"trap 'true' EXIT; exit {code}",
        f"set -e; (exit {code}); exit {code}",
    ):
        assert sh(Command(script, secrets=held)).returncode == code


def test_the_script_has_no_stdin_and_no_strange_descriptors(shell: str) -> None:
    listed = said(
        Command("cat; exec python3 -c 'import os; print(sorted(map(int, os.listdir(\"/proc/self/fd\")))[:4])'")
    )
    assert listed == b"[0, 1, 2, 3]\n"
    assert said(Command("readlink /proc/self/fd/0")) == b"/dev/null\n"


@pytest.mark.parametrize("held", [{}, {"token": Secret("token", "hunter22")}])
def test_a_text_cut_anywhere_runs_nothing(shell: str, gone: object, held: dict[str, Secret], tmp_path: Path) -> None:
    text = act(Command(f"touch {tmp_path}/never", secrets=held)).text
    for end in range(1, len(text) - 2, 7):
        subprocess.run(["sh", "-s"], input=text[:end], capture_output=True, timeout=30, check=False)
    assert not list(tmp_path.iterdir())


def test_neither_values_nor_secrets_are_in_any_argv(shell: str, gone: object) -> None:
    script = 'cat "$token_file" >/dev/null; cat /proc/[0-9]*/cmdline 2>/dev/null || true'  # some end while it looks
    command = Command(script, variables={"value": "v4lue"}, secrets={"token": Secret("token", "hunter22")})
    listed = said(command)
    assert b"sh\0-s" in listed
    assert b"v4lue" not in listed
    assert b"hunter22" not in listed


def test_a_secret_is_in_no_environment(shell: str, gone: object) -> None:
    command = Command("exec cat /proc/self/environ", secrets={"token": Secret("token", "hunter22")})
    listed = said(command)
    assert b"token_file=/" in listed
    assert b"hunter22" not in listed


def test_a_secret_s_file_and_folder_are_private_whatever_the_umask(shell: str, gone: object) -> None:
    command = Command(
        'umask; stat -c %a "$token_file" "${token_file%/*}"', secrets={"token": Secret("token", "hunter22")}
    )
    umask, file, folder = said(command).split()
    assert int(umask, 8) == 0o022
    assert (file, folder) == (b"600", b"700")


def test_a_script_that_does_not_mention_its_variables_still_gets_no_wrapper_of_its_own(shell: str) -> None:
    assert said(Command("set | grep -c ^wb_ || true", variables={"a": "1"})) == b"0\n"


@pytest.mark.parametrize(
    ("command", "because"),
    [
        (Command("x", variables={"a": "1\0"}), "a holds a NUL byte"),
        (Command("x\0"), "the script holds a NUL byte"),
        (Command("x", secrets={"a": Secret("a", "1\0")}), "secret a holds a NUL byte"),
        (Command("x", variables={"a": "\udc80"}), "no Unicode"),
        (Command("x", variables={"a b": "1"}), "not a variable name"),
        (Command("x", variables={"a;x": "1"}), "not a variable name"),
        (Command("x", variables={"PATH": "1"}), "not a variable name"),
        (Command("x", variables={"a\n": "1"}), "not a variable name"),
        (Command("x", secrets={"../a": Secret("a", "hunter22")}), "not a variable name"),
        (Command("x", variables={"a": "x" * LONGEST}), "pass a file instead"),
        (Command("x", variables={f"a{i}": "x" * 100_000 for i in range(MOST // 100_000 + 1)}), "together"),
        (Command("x", become=Become("root; x")), "not a user name"),
        (Command("x", become=Become("-i")), "not a user name"),
    ],
)
def test_what_cannot_be_sent_whole_is_refused(command: Command, because: str) -> None:
    with pytest.raises(Unsendable, match=because):
        act(command)


def test_the_longest_variable_that_is_taken_is_taken_by_the_kernel_too(shell: str) -> None:
    value = "x" * (LONGEST - len("value") - 2)
    assert said(Command('env | grep -c "^value=x"', variables={"value": value})) == b"1\n"


def test_an_act_shows_nothing_of_its_text() -> None:
    shown = act(Command("x", variables={"value": "v4lue"}, secrets={"token": Secret("token", "hunter22")}))
    assert "v4lue" not in repr(shown)
    assert "hunter22" not in repr(shown)


def test_headers_are_revealed_and_hostile_ones_refused_without_showing_their_value() -> None:
    request = Request("GET", "http://x/", {"Authorization": Secret("token", "hunter22"), "X-A": "1"})
    assert plain_headers(request) == {"Authorization": "hunter22", "X-A": "1"}
    for name, value in (("A", "hunter22\r\nB: 1"), ("A:", "hunter22"), ("A", "hunter22\0")):
        with pytest.raises(Unsendable) as refusal:
            plain_headers(Request("GET", "http://x/", {name: Secret("token", value)}))
        assert "hunter22" not in str(refusal.value)
