"""The metrics by name; must not know who increments them.

Under several workers prometheus_client keeps each worker's values in files of PROMETHEUS_MULTIPROC_DIR,
which the server configuration names before this module is imported.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("http_requests", "Requests answered", ("route", "method", "status"))
DURATION = Histogram(
    "http_request_duration_seconds",
    "Time from the first line of the request to its response",
    ("route",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
SECURITY_EVENTS = Counter("sec_events", "Security events logged", ("evt",))
LOG_EVENTS = Counter("log_events", "Log lines written", ("lvl",))
LOG_QUEUE = Gauge("log_queue_size", "Log lines waiting for a file that cannot be written", multiprocess_mode="livesum")
INGESTED = Counter("ingest", "Log entries taken in")
INGEST_REJECTED = Counter("ingest_reject", "Log batches refused", ("reason",))
INGEST_LATENCY = Histogram("ingest_latency", "Time to verify and keep one batch")
RATE_LIMITED = Counter("rate_limited", "Requests refused by a limit", ("limit",))
UPSTREAM_CALLS = Counter("upstream_calls", "Calls to the upstream service", ("outcome",))
