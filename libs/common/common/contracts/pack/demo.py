"""Demo accounts of a pack: staff, units with handlers, members. Passwords never stand in a pack."""

from typing import Annotated

from pydantic import Field, StringConstraints

from .base import Code, Line, Part


class DemoStaff(Part):
    """A member of the union's staff for local runs. `branch`: where the account sits; none: the union itself."""

    username: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]{2,31}$")]
    name: Line
    roles: Annotated[tuple[Code, ...], Field(min_length=1)]
    mobile: Annotated[str, StringConstraints(pattern=r"^1[3-9][0-9]{9}$")]
    branch: Code | None = None


class DemoPerson(Part):
    """A member of a demo unit, entered as confirmed where the union admits people before they come in.

    Elsewhere one to register with. `work_number`: under which a campus portal knows them.
    """

    name: Line
    id_number: Annotated[str, StringConstraints(pattern=r"^[0-9]{17}[0-9X]$")]
    mobile: Annotated[str, StringConstraints(pattern=r"^1[3-9][0-9]{9}$")]
    work_number: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{2,40}$")] | None = None


class DemoUnit(Part):
    """A unit that local runs start with, already approved. `handler_username`: where handlers have a password."""

    name: Line
    credit_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$")]
    branch: Code | None = None
    employees: Annotated[int, Field(ge=1, le=1_000_000)]
    handler_name: Line
    handler_mobile: Annotated[str, StringConstraints(pattern=r"^1[3-9][0-9]{9}$")]
    handler_username: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]{2,31}$")] | None = None
    people: tuple[DemoPerson, ...] = ()


class Demo(Part):
    """What a local run shows of the union; left out in a real pack."""

    staff: tuple[DemoStaff, ...] = ()
    units: tuple[DemoUnit, ...] = ()
