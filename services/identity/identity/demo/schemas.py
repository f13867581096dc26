"""Request and answer about the demo accounts of a local run."""

from typing import Annotated, Any

import orjson
from pydantic import BaseModel, BeforeValidator, Field

from common.contracts.pack.demo import Demo


def _of_json(value: Any) -> Any:
    """Read the demo as a pack is read: its model is strict, and a list of JSON is no tuple."""
    return Demo.model_validate_json(orjson.dumps(value)) if isinstance(value, dict) else value


class DemoPut(BaseModel):
    """The accounts that a local run shows, and the password that those who sign in with one share."""

    demo: Annotated[Demo, BeforeValidator(_of_json)]
    password: str = Field(min_length=8, max_length=200)


class DemoRead(BaseModel):
    """How many accounts were made just now; those that were there stay as they are."""

    staff: int
    units: int
    members: int
