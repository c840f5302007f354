"""OpenSSH with a ControlMaster a host: one `ssh` a step, over curve25519."""

from __future__ import annotations

import subprocess

from contest import Job, Said, command, main


def run(job: Job) -> tuple[dict[tuple[str, int], Said], str]:
    """The contest."""
    options = [
        "ssh", "-F", "none", "-p", str(job.port), "-i", job.key, "-l", "root",
        "-o", f"UserKnownHostsFile={job.known_hosts}", "-o", "KexAlgorithms=curve25519-sha256",
        "-o", f"ControlPath={job.folder}/%h", "-o", "BatchMode=yes", "-o", "ControlPersist=60",
    ]  # fmt: skip
    masters = [
        subprocess.Popen([*options, "-o", "ControlMaster=yes", "-N", "-f", address]) for address in job.addresses
    ]
    for master in masters:
        master.wait()
    said = {}
    for step in range(job.steps):
        asked = [
            (address, subprocess.Popen([*options, address, command(step)], stdout=subprocess.PIPE, text=True))
            for address in job.addresses
        ]
        for address, process in asked:
            out, _ = process.communicate()
            said[address, step] = Said(process.returncode, out.strip())
    for address in job.addresses:
        subprocess.run([*options, "-O", "exit", address], capture_output=True, check=False)
    told = subprocess.run(["ssh", "-V"], capture_output=True, text=True, check=True).stderr
    return said, told.split()[0].rstrip(",")


main(run)
