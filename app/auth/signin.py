"""Sign-up, sign-in, refresh and password change, as the rules say; must not know HTTP."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from app.auth.accounts import Account, Accounts
from app.auth.lockout import MAX_FAILURES, Lockout
from app.auth.passwords import hashed, matches
from app.auth.sessions import Session, Sessions
from app.logs.lines import logger


class WrongPassword(Exception):
    """The account does not exist, or the password is not its own: nobody is told which."""


class Locked(Exception):
    """Too many wrong passwords."""

    def __init__(self, seconds_left: int) -> None:
        super().__init__(f"locked for {seconds_left} s")
        self.seconds_left = seconds_left


class Reused(Exception):
    """A refresh token came a second time; its session is revoked."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open session and the id its refresh token must carry."""

    user_id: str
    session_id: str
    refresh_jti: str


class SignIn:
    """Every way to open, keep and secure a session. `name` is the hash that stands for an account in logs."""

    def __init__(self, accounts: Accounts, sessions: Sessions, lockout: Lockout) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._lockout = lockout

    def sign_up(self, email: str, password: str, display_name: str, user_agent: str) -> tuple[Account, SignedIn]:
        """A new account, signed in. Raises EmailTaken."""
        account = self._accounts.add(email, hashed(password), display_name)
        logger().info("SEC_AUTH_SIGNUP", "Account made", cat="security", data={"sub": account.id})
        return account, self._open(account.id, user_agent)

    def sign_in(self, email: str, password: str, name: str, user_agent: str) -> tuple[Account, SignedIn]:
        """Open a session. Raises WrongPassword or Locked; a locked door does not even look at the password."""
        if left := self._lockout.seconds_left(name):
            raise Locked(left)
        account = self._accounts.by_email(email)
        if not matches(password, account.password_hash if account else None) or account is None:
            self._count_failure(name)
            raise WrongPassword
        self._lockout.clear(name)
        logger().info("SEC_AUTH_LOGIN", "Signed in", cat="security", data={"sub": account.id, "account": name})
        return account, self._open(account.id, user_agent)

    def refresh(self, user_id: str, session_id: str, spent_jti: str) -> SignedIn:
        """Exchange a refresh token. Raises Reused, after revoking the session, when it was spent before."""
        fresh_jti = str(uuid.uuid4())
        if not self._sessions.renew(session_id, spent_jti, fresh_jti):
            self._sessions.revoke(session_id)
            data = {"sub": user_id, "sid": session_id}
            logger().warn("SEC_AUTH_TOKEN_REUSED", "A refresh token came twice", cat="security", data=data)
            raise Reused
        return SignedIn(user_id, session_id, fresh_jti)

    def change_password(self, account: Account, session_id: str, current: str, new: str, name: str) -> None:
        """Replace the password and end every other session. Raises WrongPassword or Locked."""
        if left := self._lockout.seconds_left(name):
            raise Locked(left)
        if not matches(current, account.password_hash):
            self._count_failure(name)
            raise WrongPassword
        self._accounts.set_password(account.id, hashed(new))
        ended = self._sessions.revoke_all(user_id=account.id, except_id=session_id)
        data = {"sub": account.id, "sessionsEnded": ended}
        logger().info("SEC_AUTH_PASSWORD_CHANGED", "Password changed", cat="security", data=data)

    def _open(self, user_id: str, user_agent: str) -> SignedIn:
        refresh_jti = str(uuid.uuid4())
        session: Session = self._sessions.start(user_id, refresh_jti, user_agent)
        return SignedIn(user_id, session.id, refresh_jti)

    def _count_failure(self, name: str) -> None:
        data = {"account": name}
        logger().warn("SEC_AUTH_LOGIN_FAILED", "Wrong account or password", cat="security", data=data)
        if self._lockout.failed(name):
            many = data | {"failures": str(MAX_FAILURES)}
            logger().write("SECURITY", "SEC_AUTH_BRUTEFORCE", "Many wrong passwords", cat="security", data=many)
            logger().write("SECURITY", "SEC_AUTH_ACCOUNT_LOCKED", "Account locked", cat="security", data=data)
