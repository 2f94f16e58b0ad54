"""What the bot does with what people send and press."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Sequence
from dataclasses import replace

from aiogram import Bot, Router
from aiogram.enums import ContentType
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from live_seg.bot.albums import QUIET_S, Albums
from live_seg.bot.choices import BLUR, CHATS, OWN, TRANSPARENT, Chat, Choice, Recent
from live_seg.bot.fair_queue import FairQueue, Full
from live_seg.bot.job import Batch, Job
from live_seg.bot.keyboard import Press, buttons, palette
from live_seg.bot.picture import Picture, Result, is_moving, picture_of
from live_seg.bot.tasks import Tasks
from live_seg.bot.texts import Texts, texts_for
from live_seg.bot.worker import LARGEST_DOWNLOAD, Answers, Cutting
from live_seg.frame import Clock

OLD_S = 600.0
"""Older messages waited while the bot was away. Their senders have gone on, and all at once they fill the queue."""

_WORTH_SAYING = 3
"""So many pictures before one's own are worth a word."""

_NEWS = (
    ContentType.PINNED_MESSAGE,
    ContentType.MESSAGE_AUTO_DELETE_TIMER_CHANGED,
    ContentType.CHAT_BACKGROUND_SET,
    ContentType.WRITE_ACCESS_ALLOWED,
)
"""What Telegram itself writes into a chat when its owner changes it."""

_COLOUR = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)


class Conversation:
    """Takes messages and presses of buttons, keeps the chats' choices, and fills the queue.

    Parameters
    ----------
    bot, queue, desk, answers, tasks
        What it speaks through, fills, offers the models of, looks results up in, and lets answers run in.
    clock
        Seconds since 1970, as Telegram dates messages.
    quiet_s
        See `Albums`.
    """

    def __init__(
        self,
        bot: Bot,
        queue: FairQueue[Job],
        desk: Cutting,
        answers: Answers,
        tasks: Tasks,
        clock: Clock = time.time,
        quiet_s: float = QUIET_S,
    ) -> None:
        self._bot = bot
        self._queue = queue
        self._desk = desk
        self._answers = answers
        self._tasks = tasks
        self._clock = clock
        self._chats: Recent[int, Chat] = Recent(CHATS, lambda: Chat(Choice(model=desk.models[0])))
        self._albums = Albums(self._submit, quiet_s)

    def router(self) -> Router:
        """Which update goes where."""
        router = Router()
        router.message.register(self._on_message)
        router.callback_query.register(self._on_press, Press.filter())
        return router

    async def _on_message(self, message: Message) -> None:
        if message.chat.type != "private" or message.content_type in _NEWS:
            return
        command = (message.text or "").partition(" ")[0].partition("@")[0]
        if self._clock() - message.date.timestamp() > OLD_S:
            await self._on_old(message)
        elif command == "/start":
            await self._on_start(message)
        elif picture_of(message):
            self._chats[message.chat.id].knows_we_were_away = False
            self._albums.add(message)
        elif _COLOUR.fullmatch(command):
            await self._on_colour(message, command.lower())
        elif is_moving(message):
            await message.reply(_texts(message).moving)
        elif message.text:
            await self._on_help(message)
        else:
            await message.reply(_texts(message).no_picture)

    async def _on_old(self, message: Message) -> None:
        chat = self._chats[message.chat.id]
        if not chat.knows_we_were_away:
            chat.knows_we_were_away = True
            await message.answer(_texts(message).away)

    async def _on_start(self, message: Message) -> None:
        self._chats[message.chat.id].awaits_background = None  # it asks for a photo to cut out now
        await message.answer(_texts(message).start, reply_markup=self._buttons(message))

    async def _on_help(self, message: Message) -> None:
        megapixels = self._desk.limits.pixels // 1_000_000
        text = _texts(message).help.format(megabytes=LARGEST_DOWNLOAD // 1_000_000, megapixels=megapixels)
        await message.answer(text, reply_markup=self._buttons(message))

    async def _on_colour(self, message: Message, colour: str) -> None:
        chat = self._chats[message.chat.id]
        chat.choice, chat.awaits_background = replace(chat.choice, background=colour), None
        text = _texts(message).background_is_colour.format(colour=colour)
        await message.answer(text, reply_markup=self._buttons(message))

    def _submit(self, messages: list[Message]) -> None:
        """Takes a picture, or the pictures of an album, in order."""
        message = messages[0]
        chat = self._chats[message.chat.id]
        pictures = [picture for picture in map(picture_of, messages) if picture]
        if chat.awaits_background is not None:
            self._take_background(chat, message, pictures.pop(0))
        if pictures:
            batch = Batch()
            jobs = [
                Job(message.chat.id, picture, chat.choice, _texts(message), batch, picture is pictures[-1])
                for picture in pictures
            ]
            self._put(message, jobs)

    def _take_background(self, chat: Chat, message: Message, picture: Picture) -> None:
        texts = _texts(message)
        if picture.bytes > LARGEST_DOWNLOAD:
            self._say(message, texts.file_too_large.format(megabytes=LARGEST_DOWNLOAD // 1_000_000))
            return
        results, chat.awaits_background = chat.awaits_background or (), None
        chat.choice = replace(chat.choice, background=OWN, own_file=picture.file)
        self._say(message, texts.background_is_taken, self._buttons(message) if not results else None)
        if results:
            self._put(message, self._anew(message.chat.id, results, chat.choice, texts))

    def _put(self, message: Message, jobs: Sequence[Job]) -> None:
        """Queues what somebody sent; says where they are, or that there is no room."""
        refusal, before = self._queued(_user(message), jobs)
        if refusal:
            self._say(message, refusal)
        elif before >= _WORTH_SAYING:
            self._say(message, jobs[0].texts.position.format(count=before))

    def _queued(self, user: int, jobs: Sequence[Job]) -> tuple[str, int]:
        """Puts the jobs into the queue; why not, and how many come before them."""
        texts = jobs[0].texts
        try:
            return "", self._queue.put(user, jobs)
        except Full as full:
            if full.own:
                return texts.own_queue_full.format(count=self._queue.waiting_of(user)), 0
            return texts.queue_full, 0

    async def _on_press(self, query: CallbackQuery, callback_data: Press) -> None:
        message = query.message
        if message is None:  # of a message that somebody else sent in our name
            return
        texts = texts_for(query.from_user.language_code)
        chat = self._chats[message.chat.id]
        if callback_data.key == "palette":
            is_open = callback_data.value == "open"
            keyboard = palette(chat.choice, texts) if is_open else buttons(chat.choice, texts, self._desk.models)
            await self._answer(query, keyboard)
            return
        results = self._results(message)
        if callback_data.value == OWN and (not chat.choice.own_file or chat.choice.background == OWN):
            chat.awaits_background = results
            await self._answer(query)
            await self._bot.send_message(message.chat.id, texts.send_background)
            return
        choice = self._chosen(chat.choice, callback_data)
        chat.choice, chat.awaits_background = choice, None
        toast = texts.own_again if callback_data.value == OWN else ""
        if results:
            toast = self._redo(query, message.chat.id, results, choice) or toast
        elif not (isinstance(message, Message) and message.text):  # a result, or what the bot is not shown any more
            toast = texts.forgotten
        await self._answer(query, buttons(choice, texts, self._desk.models), toast)

    def _redo(self, query: CallbackQuery, chat: int, results: tuple[Result, ...], choice: Choice) -> str:
        """Queues the results anew, in place of what waits for the same; what to tell if there is no room."""
        user = query.from_user.id
        again = {(result.picture.message, result.message) for result in results}
        self._queue.drop(user, lambda job: (job.picture.message, job.replaces) in again)
        jobs = self._anew(chat, results, choice, texts_for(query.from_user.language_code))
        return self._queued(user, jobs)[0]

    def _anew(self, chat: int, results: tuple[Result, ...], choice: Choice, texts: Texts) -> list[Job]:
        batch = Batch()
        return [
            Job(chat, result.picture, choice, texts, batch, result is results[-1], replaces=result.message)
            for result in results
        ]

    def _chosen(self, choice: Choice, press: Press) -> Choice:
        """The choice after a press; what no button of ours sends changes nothing."""
        is_background = press.value in (TRANSPARENT, BLUR, OWN) or _COLOUR.fullmatch(press.value)
        if press.key == "background" and is_background:
            return replace(choice, background=press.value)
        if press.key == "model" and press.value in self._desk.models:
            return replace(choice, model=press.value)
        return choice

    def _results(self, message: Message | object) -> tuple[Result, ...]:
        """What the buttons under a message change: known from before, or told by what it replies to."""
        if not isinstance(message, Message):
            return ()
        key = (message.chat.id, message.message_id)
        if key in self._answers:
            return self._answers[key]
        picture = picture_of(message.reply_to_message) if message.reply_to_message and message.document else None
        return (Result(picture, message.message_id),) if picture else ()

    async def _answer(
        self, query: CallbackQuery, keyboard: InlineKeyboardMarkup | None = None, toast: str = ""
    ) -> None:
        """Ends the button's waiting sign, and shows other buttons."""
        with contextlib.suppress(TelegramBadRequest):  # too old to be answered, or the same buttons again
            await query.answer(toast)
        if keyboard and isinstance(query.message, Message):
            with contextlib.suppress(TelegramBadRequest):
                await query.message.edit_reply_markup(reply_markup=keyboard)

    def _say(self, message: Message, text: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        async def say() -> None:
            await message.reply(text, reply_markup=keyboard)

        self._tasks.start(say())

    def _buttons(self, message: Message) -> InlineKeyboardMarkup:
        return buttons(self._chats[message.chat.id].choice, _texts(message), self._desk.models)

    def close(self) -> None:
        """Queues the albums that are still open."""
        self._albums.close()


def _texts(message: Message) -> Texts:
    return texts_for(message.from_user.language_code if message.from_user else None)


def _user(message: Message) -> int:
    return message.from_user.id if message.from_user else message.chat.id
