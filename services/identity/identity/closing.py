"""Why an account or a branch is closed."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from common.http.validation import refused
from common.opinions import Reason
from common.telemetry.personal import is_personal


def _of_nobody(words: str) -> str:
    if is_personal(words):
        raise refused(
            "原因会一直保存在审计日志中，请不要写证件号、手机号、银行卡号等个人信息。",
            "The reason stays in the audit log for ever: leave out numbers of documents, phones and cards.",
        )
    return words


class Closing(BaseModel):
    """Why somebody or something is let in no more; it stays in the audit log, which holds no numbers of people."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Reason, AfterValidator(_of_nobody)]
