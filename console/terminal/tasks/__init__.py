"""What can be typed after `./inv`, one file per family; heavy imports wait inside the tasks."""

from __future__ import annotations

from invoke.collection import Collection

from console.terminal.books import shelve
from console.terminal.tasks import bench, book, demo, dev, docs, host, incident, ledger, run, serve, test


def namespace() -> Collection:
    """Every task there is, and every runbook as one."""
    tasks = Collection()
    tasks.add_task(demo.demo)
    tasks.add_task(test.test)
    for family in (run, incident, ledger, book, host, serve, dev):
        tasks.add_collection(Collection.from_module(family))
    tasks.collections["dev"].add_task(docs.docs)
    tasks.collections["dev"].add_task(bench.bench)
    shelve(tasks)
    return tasks
