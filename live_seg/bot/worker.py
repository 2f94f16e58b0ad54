"""Takes pictures out of the queue, has them cut out, and sends the answers."""

from __future__ import annotations

import asyncio
import io
import logging
from concurrent.futures import Future
from typing import TYPE_CHECKING, Protocol

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramEntityTooLarge, TelegramForbiddenError
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup, InputMediaDocument, ReplyParameters
from aiohttp import ClientError

from live_seg.bot.choices import BLUR, OWN, TRANSPARENT, Choice, Recent
from live_seg.bot.fair_queue import FairQueue
from live_seg.bot.job import Job
from live_seg.bot.keyboard import buttons
from live_seg.bot.picture import Result
from live_seg.errors import LiveSegError
from live_seg.photo import Limits, Request, TooLarge, Unreadable, read_photo
from live_seg.service import Busy, NothingFound

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

log = logging.getLogger("live_seg")

WORKERS = 2
"""One picture is fetched or sent while another is cut out; more would only hold more pictures in memory."""

LARGEST_DOWNLOAD = 20_000_000
"""Bytes of a file that the Bot API gives out."""

LARGEST_UPLOAD = 50_000_000
"""Bytes of a file that the Bot API takes."""

Answers = Recent[tuple[int, int], tuple[Result, ...]]
"""Chat and message with buttons -> the results that the buttons change."""


class Cutting(Protocol):
    """What a worker needs of the `Desk`."""

    models: tuple[str, ...]
    limits: Limits

    def submit(
        self, data: bytes, request: Request, model: str, format: str = "png", background: bytes = b""
    ) -> Future[bytes]:
        """See `Desk.submit`."""


class Refused(Exception):
    """The picture cannot be done; holds what the user is told."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Worker:
    """Does one job after the other; several workers let a picture come or go while another is cut out.

    Parameters
    ----------
    bot, queue, desk
        Where the pictures come from and go to, wait, and are cut out.
    answers
        Filled with what was sent.
    """

    def __init__(self, bot: Bot, queue: FairQueue[Job], desk: Cutting, answers: Answers) -> None:
        self._bot = bot
        self._queue = queue
        self._desk = desk
        self._answers = answers
        self.done = 0

    async def run(self) -> None:
        """Works until it is cancelled."""
        while True:
            user, job = await self._queue.take()
            try:
                await self._answer(job)
            except TelegramForbiddenError:
                log.debug("somebody has blocked the bot")
            except (AiogramError, ClientError, TimeoutError) as error:
                log.warning("an answer was not sent: %s", error)
            except Exception:
                log.exception("a picture was not answered; this is a defect")
            finally:
                self._queue.done(user)

    async def _answer(self, job: Job) -> None:
        """Sends the cut-out, or says why there is none."""
        try:
            cutout = await self._cut(job)
            await self._send(job, cutout)
            self.done += 1
        except Refused as refusal:
            await self._tell(job, refusal.text)
        except NothingFound:
            if len(self._desk.models) > 1 and not job.replaces:  # the other model may find somebody
                job.batch.results.append(Result(job.picture, 0))
            await self._tell(job, job.texts.nothing_found)
        except TelegramEntityTooLarge:
            await self._tell(job, job.texts.result_too_large)

    async def _cut(self, job: Job) -> bytes:
        texts = job.texts
        if job.picture.bytes > LARGEST_DOWNLOAD:
            raise Refused(texts.file_too_large.format(megabytes=LARGEST_DOWNLOAD // 1_000_000))
        await self._bot.send_chat_action(job.chat, "upload_document")
        data = await self._download(job, job.picture.file)
        behind = await self._download(job, job.choice.own_file) if job.choice.background == OWN else b""
        try:
            future = self._desk.submit(data, request(job.choice), job.choice.model, background=behind)
            cutout = await asyncio.wrap_future(future)
        except Busy:
            raise Refused(texts.queue_full) from None
        except NothingFound:
            raise
        except (TooLarge, Unreadable) as error:
            raise Refused(await self._why(job, error, behind)) from None
        except LiveSegError as error:
            log.error("%s", error)
            raise Refused(texts.failed) from None
        except Exception:
            log.exception("a picture was not cut out; this is a defect")
            raise Refused(texts.failed) from None
        if len(cutout) > LARGEST_UPLOAD:
            raise Refused(texts.result_too_large)
        return cutout

    async def _download(self, job: Job, file: str) -> bytes:
        content = _Bounded(LARGEST_DOWNLOAD)
        try:
            found = await self._bot.get_file(file)
            if found.file_path is None:
                raise Refused(job.texts.download_failed)
            await self._bot.download_file(found.file_path, content, timeout=120)
        except _TooMuch:
            raise Refused(job.texts.file_too_large.format(megabytes=LARGEST_DOWNLOAD // 1_000_000)) from None
        except TelegramBadRequest as error:
            if "too big" in error.message:
                raise Refused(job.texts.file_too_large.format(megabytes=LARGEST_DOWNLOAD // 1_000_000)) from None
            raise Refused(job.texts.download_failed) from None
        except (AiogramError, ClientError, TimeoutError) as error:
            log.warning("a picture could not be fetched: %s", error)
            raise Refused(job.texts.download_failed) from None
        return content.getvalue()

    async def _why(self, job: Job, error: LiveSegError, behind: bytes) -> str:
        """What the user is told of a picture that cannot be read; it may be the background."""
        if behind:
            try:
                await asyncio.to_thread(read_photo, behind, self._desk.limits)
            except LiveSegError:
                return job.texts.background_unreadable
        if isinstance(error, TooLarge):
            return job.texts.too_many_pixels.format(megapixels=self._desk.limits.pixels // 1_000_000)
        return job.texts.unreadable

    async def _send(self, job: Job, cutout: bytes) -> None:
        keyboard = buttons(job.choice, job.texts, self._desk.models) if job.is_last else None
        file = BufferedInputFile(cutout, job.picture.name)
        message = await (self._replace(job, file, keyboard) if job.replaces else self._reply(job, file, keyboard))
        job.batch.results.append(Result(job.picture, message))
        if job.is_last:
            self._answers[job.chat, message] = tuple(job.batch.results)

    async def _reply(self, job: Job, file: BufferedInputFile, keyboard: InlineKeyboardMarkup | None) -> int:
        sent = await self._bot.send_document(
            job.chat,
            file,
            disable_content_type_detection=True,
            reply_parameters=_reply_to(job),
            reply_markup=keyboard,
        )
        return sent.message_id

    async def _replace(self, job: Job, file: BufferedInputFile, keyboard: InlineKeyboardMarkup | None) -> int:
        media = InputMediaDocument(media=file, disable_content_type_detection=True)
        try:
            await self._bot.edit_message_media(media, chat_id=job.chat, message_id=job.replaces, reply_markup=keyboard)
        except TelegramBadRequest as error:  # deleted meanwhile, or the same picture again
            log.debug("a result was not replaced: %s", error.message)
        return job.replaces

    async def _tell(self, job: Job, text: str) -> None:
        """Says why there is no cut-out; under the last picture of an album with the buttons of the others."""
        results = job.batch.results
        if job.replaces:
            results.append(Result(job.picture, job.replaces))
        has_buttons = job.is_last and bool(results) and not job.replaces
        keyboard = buttons(job.choice, job.texts, self._desk.models) if has_buttons else None
        sent = await self._bot.send_message(job.chat, text, reply_parameters=_reply_to(job), reply_markup=keyboard)
        if job.is_last and results:
            self._answers[job.chat, job.replaces or sent.message_id] = tuple(results)


def request(choice: Choice) -> Request:
    """What the desk is asked for; a picture of the user's own is handed in beside it."""
    if choice.background == BLUR:
        return Request(background="blur")
    if choice.background in (TRANSPARENT, OWN):
        return Request()
    return Request(background=choice.background)


def _reply_to(job: Job) -> ReplyParameters:
    return ReplyParameters(message_id=job.picture.message)


class _TooMuch(Exception):
    """More bytes than allowed."""


class _Bounded(io.BytesIO):
    """Memory for a file that may not be as small as it says."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, content: ReadableBuffer) -> int:
        if self.tell() + memoryview(content).nbytes > self._most:
            raise _TooMuch
        return super().write(content)
