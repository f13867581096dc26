"""What the sandbox's portal asks and answers."""

from pydantic import BaseModel, Field


class PortalUser(BaseModel):
    """What the portal tells of a user."""

    subject: str = Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9._-]+$")
    name: str = Field(min_length=1, max_length=60)
    work_number: str | None = Field(None, max_length=40)
    document_number: str | None = Field(None, max_length=40)
    mobile: str | None = Field(None, max_length=20)
    user_name: str | None = Field(None, max_length=40)


class PortalUserRead(PortalUser):
    """Somebody of the union's demo who can be chosen."""

    what: str
    """Member, handler or staff, in the language of the request."""


class PortalUsersRead(BaseModel):
    """The portal and who can be chosen."""

    title: str
    union: str
    items: list[PortalUserRead]


class PortalLogin(BaseModel):
    """Who has signed in, and with what the browser came."""

    user: PortalUser
    asked: dict[str, str] = Field(max_length=20)


class PortalLoggedIn(BaseModel):
    """Where the browser goes on to."""

    url: str


class PortalTokens(BaseModel):
    """The answer of the token endpoint (OpenID Connect Core 3.1.3.3)."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105
    expires_in: int
    id_token: str
