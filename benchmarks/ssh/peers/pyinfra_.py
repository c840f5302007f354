"""pyinfra: its API, one shell operation a step, all hosts in parallel."""

from __future__ import annotations

from importlib.metadata import version

from contest import Job, Said, command, main
from pyinfra.api import Config, Inventory, State
from pyinfra.api.connect import connect_all
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.operations import server


def run(job: Job) -> tuple[dict[tuple[str, int], Said], str]:
    """The contest. pyinfra says only whether a command failed: its exit is 0 or 1."""
    data = {"ssh_user": "root", "ssh_port": job.port, "ssh_key": job.key, "ssh_known_hosts_file": job.known_hosts}
    state = State(Inventory((job.addresses, data)), Config(PARALLEL=len(job.addresses)))
    connect_all(state)
    metas = [
        add_op(state, server.shell, name=f"step {step}", commands=[command(step)], _ignore_errors=True)
        for step in range(job.steps)
    ]
    run_ops(state)
    said = {}
    for step, by_host in enumerate(metas):
        for host, meta in by_host.items():
            said[host.name, step] = Said(0 if meta.did_succeed() else 1, meta.stdout.strip())
    return said, version("pyinfra")


main(run)
