"""The tables, whose times are seconds since the epoch in UTC; must not hold queries."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, MetaData, String, Table

metadata = MetaData()

users = Table(
    "users",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("password_hash", String(255), nullable=False),
    Column("display_name", String(40), nullable=False),
    Column("created_at", Float, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_id", String(36), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("refresh_jti", String(36), nullable=False),
    Column("user_agent", String(200), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("refreshed_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("revoked_at", Float),
)
Index("sessions_of_user", sessions.c.user_id)

lockouts = Table(
    "lockouts",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("first_at", Float, nullable=False),
    Column("locked_until", Float, nullable=False),
)

revoked_keys = Table(
    "revoked_keys",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("revoked_at", Float, nullable=False),
)

batches = Table(
    "ingested_batches",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("expires_at", Float, nullable=False),
)
