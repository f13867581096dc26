"""What can be wrong with the review of a sample."""

from common.errors import Conflict, DomainError
from common.text import Text


class SampleReviewed(Conflict):
    """Somebody has reviewed it already."""

    code = "sample.reviewed"
    text = Text("该抽检案件已复核。", "It has been reviewed already.")


class VerdictNeedsWords(DomainError):
    """A decision that is found wrong needs words."""

    code = "sample.opinion_missing"
    text = Text("认定有误时请写明问题。", "Say what is wrong.")
