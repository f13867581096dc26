"""Why an account or a branch is closed."""

from pydantic import BaseModel, ConfigDict

from common.opinions import Reason


class Closing(BaseModel):
    """Why somebody or something is let in no more; it stays in the audit log."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason
