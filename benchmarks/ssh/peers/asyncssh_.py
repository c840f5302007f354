"""asyncssh: one connection a host, one channel a step."""

from __future__ import annotations

import asyncio

import asyncssh
from contest import Job, Said, command, main


def run(job: Job) -> tuple[dict[tuple[str, int], Said], str]:
    """The contest."""
    return asyncio.run(_run(job)), asyncssh.__version__


async def _run(job: Job) -> dict[tuple[str, int], Said]:
    connections = await asyncio.gather(
        *(
            asyncssh.connect(
                address, job.port, username="root", client_keys=[job.key], known_hosts=job.known_hosts, config=None
            )
            for address in job.addresses
        )
    )
    said = {}
    for step in range(job.steps):
        answers = await asyncio.gather(*(connection.run(command(step)) for connection in connections))
        for address, answer in zip(job.addresses, answers, strict=True):
            said[address, step] = Said(answer.exit_status, answer.stdout.strip())
    for connection in connections:
        connection.close()
    return said


main(run)
