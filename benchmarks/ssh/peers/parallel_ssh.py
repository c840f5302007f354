"""parallel-ssh: libssh2 under gevent."""

from __future__ import annotations

from importlib.metadata import version

from contest import Job, Said, command, main
from pssh.clients import ParallelSSHClient


def run(job: Job) -> tuple[dict[tuple[str, int], Said], str]:
    """The contest."""
    client = ParallelSSHClient(
        job.addresses, user="root", port=job.port, pkey=job.key, pool_size=len(job.addresses), identity_auth=False
    )
    said = {}
    for step in range(job.steps):
        output = client.run_command(command(step))
        client.join(output)
        for answer in output:
            said[answer.host, step] = Said(answer.exit_code, "\n".join(answer.stdout).strip())
    return said, version("parallel-ssh")


main(run)
