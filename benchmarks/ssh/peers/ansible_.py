"""ansible-core: a playbook of S tasks, `raw`, or `shell` with pipelining, as many forks as hosts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from contest import Job, Said, command, main

MODULE = sys.argv[1]

CALLBACK = """
import json, os
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "told"

    def __init__(self):
        super().__init__()
        self.file = open(os.environ["BENCH_TOLD"], "w")

    def told(self, result, **_):
        said = result._result
        line = [result._host.get_name(), result._task.get_name(), said.get("rc"), said.get("stdout", "")]
        self.file.write(json.dumps(line) + "\\n")
        self.file.flush()

    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_unreachable = told
"""


def run(job: Job) -> tuple[dict[tuple[str, int], Said], str]:
    """The contest."""
    folder = Path(job.folder)
    (folder / "plugins").mkdir(exist_ok=True)
    (folder / "plugins" / "told.py").write_text(CALLBACK)
    told = folder / "told"
    (folder / "inventory").write_text(
        "\n".join(f"{address} ansible_port={job.port} ansible_user=root" for address in job.addresses)
    )
    tasks = [{"name": str(step), MODULE: command(step), "ignore_errors": True} for step in range(job.steps)]
    (folder / "play.json").write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
    environment = {
        **os.environ,
        "ANSIBLE_CALLBACK_PLUGINS": str(folder / "plugins"),
        "ANSIBLE_STDOUT_CALLBACK": "told",
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_FORKS": str(len(job.addresses)),
        "ANSIBLE_PRIVATE_KEY_FILE": job.key,
        "ANSIBLE_SSH_ARGS": "-F none -o ControlMaster=auto -o ControlPersist=60"
        f" -o UserKnownHostsFile={job.known_hosts}",
        "ANSIBLE_SSH_CONTROL_PATH_DIR": f"{job.folder}/cp",
        "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
        "BENCH_TOLD": str(told),
    }
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    subprocess.run([program, "-i", str(folder / "inventory"), str(folder / "play.json")], env=environment, check=False)
    said = {}
    for line in told.read_text().splitlines():
        host, name, code, out = json.loads(line)
        said[host, int(name)] = Said(code, out.replace("\r", "").strip())
    return said, version("ansible-core")


main(run)
