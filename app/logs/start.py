"""Opens the log of a process from its settings; must not know what will be logged."""

from __future__ import annotations

from app.configuration.settings import Settings
from app.logs.lines import Observer, Renderer, configure, ignore
from app.logs.output import Output
from app.logs.redaction import Redactor

current: Output | None = None
"""The output of this process, for whoever must reopen it."""


def start(settings: Settings, observe: Observer = ignore) -> tuple[Output, Renderer]:
    """Open the files of `settings.log_dir` and send every later line there; `observe` hears of each."""
    global current
    if current is not None:
        current.reopen()  # a worker lets go of the files its master had open
    output = current = Output(settings.log_dir)
    renderer = Renderer(settings.app_env, settings.instance_name, Redactor(settings.log_salt.get_secret_value()))
    configure(output, renderer, settings.log_level, observe)
    return output, renderer
