"""The request bodies of sign-in; must not know what is done with them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.auth.passwords import GivenPassword, NewPassword
from app.http.body import Body

Email = Annotated[str, Field(min_length=3, max_length=254, pattern=r"^[^@\s]{1,64}@[^@\s]{1,189}$")]
DisplayName = Annotated[str, Field(min_length=2, max_length=40)]


class SignUpBody(Body):
    """A new account: 8 to 128 characters of password, with upper and lower case and a digit."""

    email: Email
    password: NewPassword
    displayName: DisplayName  # noqa: N815 - the wire's spelling


class SignInBody(Body):
    """Who, and the proof."""

    email: Email
    password: GivenPassword


class ChangePasswordBody(Body):
    """The password in force and the one to come."""

    currentPassword: GivenPassword  # noqa: N815
    newPassword: NewPassword  # noqa: N815
