"""What staff are told about reports: that one is ready and where, never what stands in it."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, subscribe
from common.contracts.reports import ReportReady
from common.text import Text

from ..messages.composing import Told
from .scene import Scene

PLACE = "/console/reports/{run_id}"


async def on_report_ready(session: AsyncSession, event: ReportReady, context: ConsumerContext) -> None:
    """Tell those who subscribe to the report."""
    keys = await context.service.keyring.for_tenant(session)
    scene = await Scene.of(session, keys=keys, cause_id=context.envelope.id)
    days = (event.first_day.isoformat(), event.last_day.isoformat())
    variables = {
        "report": event.title,
        "period": days[0] if days[0] == days[1] else Text(" 至 ".join(days), " to ".join(days)),
        "link": PLACE.format(run_id=event.run_id),
    }
    told = [Told(account, None, account, variables) for account in event.account_ids]
    await scene.tell("claims.report_ready", "staff", *told)


SUBSCRIPTIONS = (subscribe(ReportReady, on_report_ready, acts=True),)
