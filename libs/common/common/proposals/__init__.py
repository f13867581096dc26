"""Maker and checker: a command proposed by one person and run, exactly as stored, when another consents.

A service needs: `create_proposal_table_v1` in a migration, a table of `Command`, `proposal_router(COMMANDS)` among its
routers and the job `expire_proposals` in its worker. `propose(…)` is for a use case that finds that it takes two.
"""

from .commands import Approved, Command
from .jobs import expire_proposals, expiry
from .models import Proposal
from .schemas import ProposalRead
from .service import propose

__all__ = ["Approved", "Command", "Proposal", "ProposalRead", "expire_proposals", "expiry", "propose"]
