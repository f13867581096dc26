"""The commands of the claims service that take two people."""

from typing import Any

from common.proposals.commands import Command

from .ledger.commands import ACCOUNT, POSTING
from .payouts.at_counter.commands import CARD_CHANGE
from .payouts.batches.refusal import BANK_REFUSAL
from .payouts.commands import REVERSAL
from .payouts.refunds.commands import SETTLEMENT
from .payouts.stopping import RESUMPTION
from .payouts.withdrawing import RECONSIDERATION

COMMANDS: tuple[Command[Any], ...] = (
    *(POSTING, ACCOUNT),
    *(REVERSAL, BANK_REFUSAL, SETTLEMENT, CARD_CHANGE, RESUMPTION, RECONSIDERATION),
)
