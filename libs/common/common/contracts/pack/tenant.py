"""Who the union is: code, name, stable id, how it looks and how to reach it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from .base import Code, Colour, Line, LocalText, Part


class Contact(Part):
    """Where members and handlers ask for help (every manual ends with one)."""

    phone: Line
    person: Line | None = None
    address: LocalText | None = None
    hours: LocalText | None = None


class Branding(Part):
    """What the apps show of the union."""

    colour: Colour
    accent: Colour | None = None
    logo_text: Annotated[
        str, Field(min_length=1, max_length=4, description="Drawn where no logo picture is set.")
    ]
    slogan: LocalText | None = None


class Tenant(Part):
    """A union as a tenant. `id` never changes, not even when the code or the name does."""

    code: Code
    id: UUID
    name: LocalText
    short_name: LocalText
    branding: Branding
    contact: Contact
    sms_signature: Line | None = Field(
        None, description="短信签名 as approved by the SMS providers, without brackets."
    )
