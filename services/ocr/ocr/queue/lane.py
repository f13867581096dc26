"""A lane of the recogniser: takes one document after another through one reading process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress

import structlog
from prometheus_client import Counter, Gauge, Histogram

from common.crypto import CryptoError
from common.failures import is_infrastructure
from common.http import ServiceContext
from common.storage import ObjectMissing

from ..extras import settings_of, vault_of
from . import rules, service
from .reader import Reader, ReadingDied
from .repository import Place, count_waiting, due_places
from .service import Outcome, Reading

log = structlog.get_logger()
SECONDS = Histogram(
    "huzhu_recognition_seconds",
    "Time to read one document",
    buckets=(0.5, 1, 2, 3, 5, 8, 13, 30, 60, 180),
)
OUTCOMES = Counter("huzhu_recognition_documents_total", "Documents whose reading ended", ["outcome"])
WAITING = Gauge("huzhu_recognition_waiting", "Documents that wait or are being read")
LOOK_AHEAD = 4
MOST_PAUSE_SECONDS = 10.0


class Lane:
    """Never has more than one document; what waits, waits in the database."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._settings = settings_of(context)
        self._vault = vault_of(context)
        self._reader = Reader(threads=self._settings.threads, most_mb=self._settings.most_resident_mb)

    async def run(self) -> None:
        """Work until cancelled; when database or store are away, try again with growing pauses."""
        pause = self._settings.poll_seconds
        try:
            while True:
                try:
                    worked = await self.step()
                    pause = self._settings.poll_seconds
                except Exception as error:
                    if is_infrastructure(error):
                        log.warning("recognition.waiting", kind=type(error).__name__)
                    else:
                        log.error("recognition.failed", exc_info=error)
                    worked, pause = False, min(pause * 2, MOST_PAUSE_SECONDS)
                if not worked:
                    self._reader.rest(after=self._settings.idle_seconds)
                    await asyncio.sleep(pause)
        finally:
            self._reader.stop()

    async def step(self) -> bool:
        """Read one document, if one waits."""
        places = await due_places(self._context.relay_db, most=self._settings.workers * LOOK_AHEAD)
        if not places:
            WAITING.set(await count_waiting(self._context.relay_db))
        for place in places:
            try:
                reading = await self._take(place)
            except Exception as error:
                if is_infrastructure(error):
                    raise
                # One document that cannot be taken must not hold up those behind it.
                log.error("recognition.not_taken", document=str(place.document_id), exc_info=error)
                continue
            if reading is not None:
                await self._read(reading)
                return True
        return False

    async def _take(self, place: Place) -> Reading | None:
        async with self._context.db.transaction(place.tenant_id) as session:
            return await service.take(
                session,
                document_id=place.document_id,
                settings=self._settings,
                vault=self._vault,
                keyring=self._context.keyring,
            )

    async def _read(self, reading: Reading) -> None:
        try:
            async with self._kept(reading):
                with SECONDS.time():
                    outcome = await self._outcome(reading)
        except ReadingDied as death:
            await self._note_crash(reading, death.problem)
        except BaseException as error:
            # Stopped from outside, or something is away: the next one begins anew at once.
            if isinstance(error, asyncio.CancelledError) or is_infrastructure(error):
                await self._release(reading)
            else:
                await self._note_crash(reading, rules.FAILED)
            raise
        else:
            await self._finish(reading, outcome)

    async def _outcome(self, reading: Reading) -> Outcome:
        try:
            data = bytearray()
            async with aclosing(self._vault.read(reading.object_name, key=reading.key)) as content:  # type: ignore[type-var]
                async for chunk in content:
                    data += chunk
        except (ObjectMissing, CryptoError):
            return Outcome(problem=rules.problem(rules.DAMAGED))
        answer = await self._reader.read(
            bytes(data),
            within=self._settings.seconds_per_document,
            pictures_only=reading.pictures_only,
        )
        if "problem" in answer:
            return Outcome(problem=answer["problem"])
        pages = await self._keep(reading, answer.get("pictures", []))
        return Outcome(
            document_type=answer.get("type", "other"),
            recognition=answer.get("recognition"),
            pages=pages,
            phash=answer.get("phash"),
        )

    async def _keep(self, reading: Reading, pictures: list[bytes]) -> int:
        """Store the small picture and those of the pages; no transaction is open. A second reading replaces them."""
        if not pictures:
            return 0
        where = (reading.tenant_id, reading.document_id)
        await self._vault.write_thumbnail(*where, pictures[0], key=reading.key)
        for page, picture in enumerate(pictures[1:]):
            await self._vault.write_page(*where, page, picture, key=reading.key)
        return len(pictures) - 1

    async def _finish(self, reading: Reading, outcome: Outcome) -> None:
        async with self._context.db.transaction(reading.tenant_id) as session:
            written = await service.finish(session, reading, outcome, keyring=self._context.keyring)
        ended = "unreadable" if outcome.problem else "recognized"
        OUTCOMES.labels(ended if written else "lost").inc()
        log.info("recognition.ended", document=str(reading.document_id), outcome=ended, written=written)

    async def _note_crash(self, reading: Reading, problem: str) -> None:
        OUTCOMES.labels("crashed").inc()
        log.warning("recognition.crashed", document=str(reading.document_id), problem=problem)
        async with self._context.db.transaction(reading.tenant_id) as session:
            await service.note_crash(
                session, reading, problem=problem, settings=self._settings, keyring=self._context.keyring
            )

    async def _release(self, reading: Reading) -> None:
        """Best effort: if it cannot be said, the lease runs out."""
        with suppress(Exception):
            async with self._context.db.transaction(reading.tenant_id) as session:
                await service.release(session, reading)

    @asynccontextmanager
    async def _kept(self, reading: Reading) -> AsyncIterator[None]:
        """Renew the lease while the document is being read."""
        beat = asyncio.create_task(self._beat(reading))
        try:
            yield
        finally:
            beat.cancel()
            await asyncio.gather(beat, return_exceptions=True)

    async def _beat(self, reading: Reading) -> None:
        while True:
            await asyncio.sleep(self._settings.lease_seconds / 3)
            try:
                async with self._context.db.transaction(reading.tenant_id) as session:
                    kept = await service.renew(session, reading, settings=self._settings)
            except Exception as error:
                log.warning("recognition.lease", kind=type(error).__name__)
                continue
            if not kept:
                return
