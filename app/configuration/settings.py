"""Every variable the service reads, with its default and its meaning; must not know where values come from.

`app/.env.example` is rendered from this model, so a field here is the only place to add a variable.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

AppEnv = Literal["development", "test", "staging", "production"]
LogLevel = Literal["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "ERROR"]

DEFAULT_ORIGINS = ("https://linguamate.app", "https://www.linguamate.app")


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _origins(value: object) -> object:
    parts = _split(value)
    for origin in parts if isinstance(parts, tuple) else ():
        if origin == "*":
            continue
        at = urlsplit(origin)
        if at.scheme not in ("http", "https") or not at.hostname or origin != f"{at.scheme}://{at.netloc}":
            raise ValueError(f"{origin!r} is not an origin such as https://host or http://host:3000")
    return parts


def _proxies(value: object) -> object:
    parts = _split(value)
    for part in parts if isinstance(parts, tuple) else ():
        if part != "unix":
            ipaddress.ip_network(part, strict=False)
    return parts


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    at = datetime.fromisoformat(value)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _limit(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"\d+\s*(/|per)\s*(\d+\s*)?(second|minute|hour|day)s?", value):
        raise ValueError("is not a limit such as 5/minute or 5 per 15 minutes")
    return value


def _url(value: object) -> object:
    if isinstance(value, str) and urlsplit(value).scheme not in ("http", "https"):
        raise ValueError("is not an http(s) URL")
    return value


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
Limit = Annotated[str, BeforeValidator(_limit)]


class Settings(BaseModel):
    """The effective settings of one process: immutable, validated, secrets masked in every rendering.

    Durations carry their unit in their name; paths are relative to the working directory.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    app_env: AppEnv = Field("production", description="development, test, staging or production; unset is production")
    host: str = Field("127.0.0.1", min_length=1, max_length=255, description="Address to listen on")
    port: int = Field(8080, ge=1, le=65535, description="Port to listen on")
    workers: int = Field(2, ge=1, le=64, description="Worker processes")
    threads: int = Field(4, ge=1, le=256, description="Threads per worker")
    request_timeout_seconds: float = Field(30, gt=0, le=600, description="A request not read whole by then gets a 408")
    instance: str = Field("", max_length=100, description="Name of this instance in logs; unset is HOSTNAME:PORT")
    git_commit_sha: str = Field("unknown", max_length=64, description="Commit this build was made from")

    data_dir: Path = Field(
        Path("var/backend"), description="Databases, counters and run state; instances of one host share it"
    )
    log_dir: Path = Field(Path("logs"), description="Folder of backend.log and its companions")
    pidfile: Path | None = Field(None, description="Unset is DATA_DIR/instance-PORT/backend.pid")
    database_url: str = Field(
        "", description="Unset is SQLite in DATA_DIR; postgresql+psycopg://user@host/name for a server"
    )

    jwt_secret: SecretStr = Field(SecretStr(""), description="Signs tokens: at least 32 random bytes")
    jwt_secret_previous: SecretStr = Field(
        SecretStr(""), description="Verifies tokens signed before a planned rotation"
    )
    jwt_secret_previous_until: Annotated[datetime | None, BeforeValidator(_moment)] = Field(
        None, description="ISO time after which JWT_SECRET_PREVIOUS verifies nothing; required with it"
    )
    cors_origin: Annotated[tuple[str, ...], BeforeValidator(_origins)] = Field(
        (), description="Allowed origins, comma separated; * only outside production"
    )
    operations_token: SecretStr = Field(SecretStr(""), description="Opens /api/ops from elsewhere than loopback")
    operations_socket: Path | None = Field(None, description="Unix socket to listen on as well, for operations")

    log_level: Annotated[LogLevel, BeforeValidator(_upper)] = Field(
        "INFO", description="TRACE DEBUG INFO NOTICE WARN ERROR"
    )
    log_salt: SecretStr = Field(SecretStr(""), description="Salts the hashes of client addresses in logs and counters")
    log_signing_key: SecretStr = Field(
        SecretStr(""), description="Signs ingested log batches; several, comma separated, while one is rotated"
    )

    trusted_proxy_count: int = Field(
        0, ge=0, le=10, description="How many proxies stand in front and set X-Forwarded-For"
    )
    trusted_proxies: Annotated[tuple[str, ...], BeforeValidator(_proxies)] = Field(
        (), description="Their addresses or networks, comma separated; unix for a unix socket"
    )

    ratelimit_storage_uri: str = Field(
        "", description="Unset is SQLite in DATA_DIR; redis://… to share counters between hosts"
    )
    rate_limit_window_ms: int = Field(60_000, ge=1000, le=86_400_000, description="Window of the default limit")
    rate_limit_max_requests: int = Field(100, ge=1, le=10_000_000, description="Requests per window and client")
    limit_auth: Limit = Field("5 per 15 minutes", description="Sign-in, sign-up, refresh: per client and per account")
    limit_user: Limit = Field("30 per minute", description="Profile routes, per user")
    limit_chat: Limit = Field("20 per minute", description="Chat routes, per user")
    limit_analytics: Limit = Field("50 per minute", description="Analytics routes, per user")
    limit_sensitive: Limit = Field("5 per minute", description="The rate-limit canary, per client")

    toolkit_url: Annotated[str, BeforeValidator(_url)] = Field(
        "", description="Base URL of the upstream toolkit; unset turns it off"
    )
    toolkit_api_key: SecretStr = Field(SecretStr(""), description="Sent to the toolkit as a bearer token")

    @property
    def production(self) -> bool:
        """Whether the strict rules hold: staging is operated like production."""
        return self.app_env in ("staging", "production")

    @property
    def instance_name(self) -> str:
        """The name in the log lines of this instance."""
        return self.instance or f"{socket.gethostname()}:{self.port}"

    @property
    def instance_dir(self) -> Path:
        """State that belongs to this instance alone: pidfile, metrics, switches."""
        return self.data_dir / f"instance-{self.port}"

    @property
    def pidfile_path(self) -> Path:
        """Where the master writes its pid."""
        return self.pidfile or self.instance_dir / "backend.pid"

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in effect."""
        return self.database_url or f"sqlite:///{self.data_dir / 'backend.sqlite'}"

    @property
    def limit_store(self) -> str:
        """The `limits` storage URI in effect."""
        return self.ratelimit_storage_uri or f"sqlite:///{self.data_dir / 'limits.sqlite'}"

    @property
    def origins(self) -> tuple[str, ...]:
        """Allowed origins in effect; `("*",)` means any origin, which only development gets."""
        if self.cors_origin in ((), ("*",)):
            return DEFAULT_ORIGINS if self.production else ("*",)
        return self.cors_origin

    @property
    def signing_keys(self) -> tuple[str, ...]:
        """The keys that log batches may be signed with."""
        return tuple(k.strip() for k in self.log_signing_key.get_secret_value().split(",") if k.strip())


VARIABLES = {name.upper(): name for name in Settings.model_fields}
"""Variable name to field name."""

ALIASES = {
    "NODE_ENV": "APP_ENV",
    "SECRET": "JWT_SECRET",
    "EXPO_PUBLIC_LOG_SIGNING_KEY": "LOG_SIGNING_KEY",
    "EXPO_PUBLIC_LOG_SALT": "LOG_SALT",
    "EXPO_PUBLIC_TOOLKIT_URL": "TOOLKIT_URL",
}
"""Names of the service this one replaces, still understood."""
