"""The roster 参保花名册 of an order on paper: a task, because a page takes some hundred milliseconds."""

import asyncio
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from common.audit import record
from common.crypto import TenantKeys
from common.identifiers import mask_bank_card, mask_document_number, mask_mobile, mask_name
from common.printing import render_pdf
from common.tasks import TaskRun

from ..auth import EXPORT
from ..people.models import OrderPerson
from ..people.reading import opened
from ..people.repository import PeopleRepository
from .heads import Head, head_of
from .schemas import RosterPrint

TEMPLATE = Path(__file__).with_name("roster.typ")
TITLE = "参保花名册"
VOLUME = 2_000
"""People of one document, which takes some 10 s, 250 MB of memory and 3 MB."""


async def print_roster(run: TaskRun) -> None:
    """Print the people whom an order is to cover as PDF, more than VOLUME of them as volumes in a zip.

    Personal values are whole for whoever may export, else masked; every print is in the audit log.
    """
    wanted = RosterPrint.model_validate(run.parameters)
    async with run.transaction() as session:
        head = await head_of(session, actor=run.actor, order_id=wanted.order_id)
    volumes = -(-head.people // VOLUME)
    await run.progress(done=0, total=head.people)
    kind, media_type = ("pdf", "application/pdf") if volumes == 1 else ("zip", "application/zip")
    name, printed = f"{TITLE}-{head.order.number}", 0
    async with run.result(f"{name}.{kind}", media_type) as path:
        after: UUID | None = None
        for volume in range(1, volumes + 1):
            people = await _batch(run, wanted.order_id, after)
            if not people:  # deleted from a draft meanwhile
                break
            rows = await asyncio.to_thread(_rows, people, run.keys, printed, run.actor.may(EXPORT))
            data = _data(head, rows, volume=volume, volumes=volumes)
            paper = await run.in_process(render_pdf, TEMPLATE, data)
            await asyncio.to_thread(_keep, path, paper, f"{name}-{volume}.pdf")
            printed, after = printed + len(people), people[-1].id
            await run.progress(done=printed)
    async with run.transaction() as session:
        subject, detail = f"order:{wanted.order_id}", {"people": printed}
        await record(session, actor_id=run.actor.id, action="roster.printed", subject=subject, detail=detail)


async def _batch(run: TaskRun, order_id: UUID, after: UUID | None) -> Sequence[OrderPerson]:
    async with run.transaction() as session:
        repository = PeopleRepository(session, run.tenant_id)
        return await repository.batch(repository.of_order(order_id, True), after=after, limit=VOLUME)


def _data(head: Head, rows: list[dict[str, str]], *, volume: int, volumes: int) -> dict[str, Any]:
    title = TITLE if volumes == 1 else f"{TITLE}（第 {volume} 册，共 {volumes} 册）"
    several = head.product.contribution.share_limit > 1
    return head.data | {"title": title, "shares": several, "rows": rows}


def _rows(people: Sequence[OrderPerson], keys: TenantKeys, printed: int, whole: bool) -> list[dict[str, str]]:
    """Rows of a page, numbered on from those that are printed already."""
    rows = []
    for number, person in enumerate(people, start=printed + 1):
        values = opened(person, keys)
        if not whole:
            values = values._replace(
                name=mask_name(values.name),
                document=mask_document_number(values.document),
                mobile=mask_mobile(values.mobile),
                card=mask_bank_card(values.card),
            )
        rows.append(
            {
                "row": str(number),
                "name": values.name,
                "document": values.document,
                "mobile": values.mobile,
                "card": values.card,
                "bank": person.bank_name or "",
                "shares": str(person.shares),
            }
        )
    return rows


def _keep(path: Path, paper: bytes, name: str) -> None:
    """Write a paper as the file that is asked for, or into it beside the volumes before."""
    if path.suffix == ".pdf":
        path.write_bytes(paper)
        return
    with zipfile.ZipFile(path, "a") as volumes:
        volumes.writestr(name, paper)
