"""The schema: made at once or migrated step by step it is the same; old is migrated after a backup, newer refused."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from incidents.event import Draft
from incidents.ledger import open_ledger, schema, tables
from incidents.ledger.protocol import Batch, Entry, LedgerError

Note = Callable[..., Draft]

ADD_A_COLUMN = '''"""Adds a column, as a later version might."""
import sqlalchemy as sa
from alembic import op
revision = "0003"
down_revision = "0002"
def upgrade() -> None:
    op.add_column("streams", sa.Column("pinned", sa.Integer))
    op.execute("UPDATE ledger SET oldest_writer = '0003'")
'''


def shape(file: Path) -> dict[str, object]:
    """Tables, columns, indexes and keys as SQLite sees them, and the rows that are there from the start."""
    with closing(sqlite3.connect(file)) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        found: dict[str, object] = {
            name: (
                db.execute(f"PRAGMA table_xinfo({name})").fetchall(),
                db.execute(f"PRAGMA foreign_key_list({name})").fetchall(),
                [(row, db.execute(f"PRAGMA index_xinfo({row[1]})").fetchall())
                 for row in db.execute(f"PRAGMA index_list({name})").fetchall()],
            )
            for name in names
        }  # fmt: skip
        found["rows"] = db.execute(
            "SELECT version_num, oldest_writer, position FROM alembic_version, ledger"
        ).fetchall()
        return found


def set_version(file: Path, version: str, oldest_writer: str) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = ?", [version])
        db.execute("UPDATE ledger SET oldest_writer = ?", [oldest_writer])


def test_made_and_migrated_are_the_same(tmp_path: Path) -> None:
    open_ledger(tmp_path / "made").close()
    (tmp_path / "migrated").mkdir()
    engine = create_engine(f"sqlite:///{tmp_path}/migrated/ledger.db")
    with engine.begin() as connection:
        schema.upgrade(connection)
    engine.dispose()

    assert shape(tmp_path / "migrated" / "ledger.db") == shape(tmp_path / "made" / "ledger.db")


def test_the_code_knows_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == tables.SCHEMA


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A later version of the code, with one migration more."""
    migrations = tmp_path / "100% later" / "migrations"
    shutil.copytree(schema.MIGRATIONS, migrations)
    (migrations / "versions" / "0003_pinned.py").write_text(ADD_A_COLUMN)
    monkeypatch.setattr(schema, "SCHEMA", "0003")
    monkeypatch.setattr(schema, "MIGRATIONS", migrations)
    return migrations


def test_an_old_ledger_is_migrated_after_a_backup(tmp_path: Path, note: Note, request: pytest.FixtureRequest) -> None:
    home = tmp_path / "var"
    ledger = open_ledger(home)
    [before] = ledger.commit(Batch([Entry("INC-1", [note("kept")], opens="incident")]))
    ledger.close()
    request.getfixturevalue("later")

    ledger = open_ledger(home)

    assert ledger.read("INC-1") == [before]
    ledger.commit(Batch([Entry("INC-1", [note("goes on")])]))
    ledger.close()
    assert "pinned" in str(shape(home / "ledger.db")["streams"])
    [backup] = home.glob("*.backup")
    assert backup.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(backup)) as db:
        assert db.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002",)]
        assert db.execute("SELECT stream, seq FROM events").fetchall() == [("INC-1", 1)]
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_migration_that_fails_leaves_the_ledger_as_it_was(
    tmp_path: Path, note: Note, request: pytest.FixtureRequest
) -> None:
    home = tmp_path / "var"
    open_ledger(home).close()
    before = shape(home / "ledger.db")
    migrations = request.getfixturevalue("later")
    (migrations / "versions" / "0003_pinned.py").write_text(ADD_A_COLUMN + '    op.execute("SELECT no_such_thing")\n')

    with pytest.raises(LedgerError, match="no_such_thing"):
        open_ledger(home)
    assert shape(home / "ledger.db") == before


def test_a_newer_ledger_is_refused_with_the_oldest_writer_it_accepts(tmp_path: Path) -> None:
    open_ledger(tmp_path).close()
    set_version(tmp_path / "ledger.db", "0009", "0007")

    with pytest.raises(LedgerError, match=r"schema 0009; this code writes 0002, and the oldest .* is 0007") as caught:
        open_ledger(tmp_path)
    assert "git pull" in caught.value.hint
    assert list(tmp_path.glob("*.backup")) == []


def test_a_newer_ledger_that_accepts_us_is_written(tmp_path: Path, note: Note) -> None:
    open_ledger(tmp_path).close()
    set_version(tmp_path / "ledger.db", "0009", "0002")
    ledger = open_ledger(tmp_path)
    ledger.commit(Batch([Entry("INC-1", [note()], opens="incident")]))
    ledger.close()


def test_opening_imports_alembic_only_for_an_old_ledger(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from incidents.ledger import open_ledger;"
        "assert 'sqlalchemy' not in sys.modules; open_ledger(Path(sys.argv[1])).close();"
        "assert 'sqlalchemy' in sys.modules; assert 'alembic' not in sys.modules; assert 'jinja2' not in sys.modules"
    )
    root = Path(__file__).parents[3]
    for _ in ("fresh", "known"):
        subprocess.run([sys.executable, "-c", code, tmp_path], cwd=root, check=True, timeout=60)


def test_outputs_of_the_first_schema_become_blobs(tmp_path: Path) -> None:
    from alembic import command

    engine = create_engine(f"sqlite:///{tmp_path}/ledger.db")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(schema.MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as db, db:
        db.execute("INSERT INTO streams VALUES ('RUN-1', 'run', 1, 0, '', '', '')")
        for output, offset, data in (("a", 0, b"one"), ("a", 3, b"two"), ("b", 0, b"one")):
            db.execute("INSERT INTO chunks VALUES ('RUN-1', ?, ?, ?, ?)", [output, offset, len(data), data])

    ledger = open_ledger(tmp_path)

    assert b"".join(chunk.data for chunk in ledger.output("RUN-1", "a")) == b"onetwo"
    assert [(kept.output, kept.length) for kept in ledger.outputs("RUN-1")] == [("a", 6), ("b", 3)]
    ledger.close()
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as db:
        assert db.execute("SELECT count(*) FROM blobs").fetchone() == (2,)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
