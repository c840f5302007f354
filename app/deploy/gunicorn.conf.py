"""gunicorn's configuration, from the env file the workers read; must not know what the application does.

Runs in the master, at start and at every reload (HUP):
`gunicorn -c app/deploy/gunicorn.conf.py app.wsgi:app`.
"""  # noqa: N999 - the name gunicorn's users look for

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from app.configuration.boot import load_or_exit
from app.deploy.pidfile import discard_stale
from app.logs.lines import logger
from app.logs.start import start


def _prepare_metrics(folder: Path) -> None:
    """Name the folder of the workers' counters; a new master, unlike a reload, begins with an empty one."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR") != str(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o750)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


_loaded = load_or_exit()
_settings = _loaded.settings
_settings.instance_dir.mkdir(parents=True, exist_ok=True, mode=0o750)
_settings.pidfile_path.parent.mkdir(parents=True, exist_ok=True)
discard_stale(_settings.pidfile_path)
start(_settings)

_prepare_metrics(_settings.instance_dir / "metrics")

bind = [f"{_settings.host}:{_settings.port}"]
if _settings.operations_socket is not None:
    bind.append(f"unix:{_settings.operations_socket}")
workers = _settings.workers
threads = _settings.threads
worker_class = "app.deploy.worker.JsonWorker"
logger_class = "app.deploy.server_log.ServerLog"
pidfile = str(_settings.pidfile_path)
umask = 0o027
timeout = 30
graceful_timeout = 30
keepalive = 5
max_requests = 50_000
max_requests_jitter = 5_000
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
forwarded_allow_ips = ""  # the application decides whose X-Forwarded-* counts
control_socket_disable = True
proc_name = f"linguamate-backend-{_settings.port}"


def on_starting(server: Arbiter) -> None:
    """Guard HUP: with a fault in the new configuration the old workers go on, and the log says why."""
    reload = server.handle_hup

    def reload_if_valid() -> None:
        checked = subprocess.run(
            [sys.executable, "-m", "app.configuration", "check"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            env=os.environ,
        )
        if checked.returncode == 0:
            reload()
        else:
            faults = checked.stderr.strip()
            logger().error("reload_refused", f"Reload refused, nothing changed: {faults}", cat="server")

    server.handle_hup = reload_if_valid  # type: ignore[method-assign]


def child_exit(_server: Arbiter, worker: Worker) -> None:
    """Drop the gauges of a worker that ended; its counts stay."""
    # Not above: it must be imported after PROMETHEUS_MULTIPROC_DIR is set.
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
