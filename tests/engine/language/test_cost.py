"""What reading a runbook costs: nothing heavy is imported for it, and the second book is nearly free."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
HEAVY = ("sqlalchemy", "alembic", "fabric", "paramiko", "invoke", "flask", "jinja2", "rich", "apprise", "jsonschema")

MEASURE = """
import sys, time
from pathlib import Path
began = time.process_time()
from engine.language.load import load
path = Path("tests/engine/language/books/everything.yaml")
load(path)
first = time.process_time() - began
began = time.process_time()
for _ in range(5):
    load(path)
print((time.process_time() - began) / 5 / first, *sorted(sys.modules))
"""


def test_nothing_heavy_comes_along_and_the_next_book_is_cheap() -> None:
    done = subprocess.run([sys.executable, "-c", MEASURE], cwd=ROOT, capture_output=True, text=True, check=True)
    ratio, *modules = done.stdout.split()
    assert set(modules).isdisjoint(HEAVY)
    assert float(ratio) < 0.2
