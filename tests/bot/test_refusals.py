"""What the bot says when a picture cannot be done: too large, broken, too many, too old."""

from __future__ import annotations

import logging

import pytest
from bot_api import BotApi
from bot_people import Person
from running import FakeDesk, a_bot, scenario

from live_seg.bot.conversation import OLD_S
from live_seg.bot.serve import MOST_EACH
from live_seg.bot.texts import read_texts

EN = read_texts("en")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"huge", EN.too_many_pixels.format(megapixels=16)),
        (b"broken", EN.unreadable),
        (b"empty", EN.nothing_found),
        (b"fat", EN.result_too_large),
        (b"defect", EN.failed),
        (bytes(20_000_001), EN.file_too_large.format(megabytes=20)),
    ],
    ids=["too many pixels", "broken", "nobody there", "result too large", "a defect", "file larger than it says"],
)
def test_a_picture_that_cannot_be_done_is_answered_with_why(content: bytes, text: str) -> None:
    @scenario
    async def run() -> None:
        async with BotApi() as api, a_bot(api, FakeDesk(models=("person",))):
            ann = Person(api)
            await ann.sends(document=ann.document(content, "ann.jpg", size=1000))
            await api.until(ann.chat.texts)
            assert ann.chat.texts() == [text]
            await ann.has_cut_out(b"bob")

    run()


@scenario
async def test_a_file_too_large_for_the_bot_api_is_not_even_asked_for() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.sends(document=ann.document(b"ann", "ann.jpg", size=20_000_001))
        await api.until(ann.chat.texts)
    assert ann.chat.texts() == [EN.file_too_large.format(megabytes=20)]
    assert not api.named("getFile")


@pytest.mark.parametrize("kind", ["image/jpeg", "video/mp4"])
def test_who_deletes_what_he_sent_is_told_all_the_same(kind: str) -> None:
    @scenario
    async def run() -> None:
        async with BotApi() as api, a_bot(api):
            ann = Person(api)
            sent = ann.message(document=ann.document(b"ann", "ann", kind, size=20_000_001))
            ann.chat.messages.clear()
            await api.put(sent)
            await api.until(ann.chat.texts)

    run()


@scenario
async def test_a_file_that_telegram_finds_too_large_is_told_the_same() -> None:
    async with BotApi() as api, a_bot(api):
        api.fail("getFile", 400, "Bad Request: file is too big")
        ann = Person(api)
        await ann.sends_photo(b"ann")
        await api.until(ann.chat.texts)
    assert ann.chat.texts() == [EN.file_too_large.format(megabytes=20)]


@scenario
async def test_a_background_too_large_is_refused_and_the_next_picture_taken() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.starts()
        await ann.presses("My picture")
        await ann.sends(document=ann.document(b"a beach", "beach.png", size=30_000_000))
        await ann.sends_photo(b"a forest")
        await api.until(lambda: EN.background_is_taken in ann.chat.texts())
    assert EN.file_too_large.format(megabytes=20) in ann.chat.texts()


@scenario
async def test_a_broken_background_is_told_from_a_broken_picture() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.starts()
        await ann.presses("My picture")
        await ann.sends_photo(b"a broken beach")
        await ann.sends_photo(b"ann")
        await api.until(lambda: EN.background_unreadable in ann.chat.texts())


@scenario
async def test_a_result_that_telegram_finds_too_large_is_said() -> None:
    async with BotApi() as api, a_bot(api):
        api.fail("sendDocument", 413, "Request Entity Too Large")
        ann = Person(api)
        await ann.sends_photo(b"ann")
        await api.until(ann.chat.texts)
    assert ann.chat.texts() == [EN.result_too_large]


@scenario
async def test_a_file_that_is_gone_is_asked_for_again() -> None:
    async with BotApi() as api, a_bot(api):
        api.answer("file", "gone", 404)
        ann = Person(api)
        await ann.sends_photo(b"ann")
        await api.until(ann.chat.texts)
    assert ann.chat.texts() == [EN.download_failed]


@scenario
async def test_who_waits_behind_many_is_told_his_place() -> None:
    desk = FakeDesk()
    desk.waits = True
    async with BotApi() as api, a_bot(api, desk):
        people = [Person(api, number) for number in range(1, 7)]
        for person in people:
            await person.sends_photo(b"picture")
        await api.until(people[-1].chat.texts)
        desk.go_on()
        await api.until(lambda: all(person.chat.documents() for person in people))
    assert people[1].chat.texts() == []
    assert people[-1].chat.texts() == [EN.position.format(count=5)]


@scenario
async def test_an_album_of_one_holds_nobody_up() -> None:
    desk = FakeDesk()
    desk.waits = True
    async with BotApi() as api, a_bot(api, desk):
        ann, bob = Person(api, 1), Person(api, 2)
        await ann.sends_album(*[b"album"] * 10)
        await desk.has_begun(1)
        await bob.sends_photo(b"bob")
        await desk.has_begun(2)
        desk.go_on()
        await api.until(lambda: len(ann.chat.documents()) == 10 and bob.chat.documents())
    assert desk.jobs[:2] == [b"album", b"bob"]


@scenario
async def test_who_sends_too_many_at_once_is_asked_to_wait() -> None:
    desk = FakeDesk()
    desk.waits = True
    async with BotApi() as api, a_bot(api, desk):
        ann = Person(api)
        await ann.sends_photo(b"ann")
        await desk.has_begun(1)
        await api.put(*(ann.message(photo=ann.photo(b"ann")) for _ in range(MOST_EACH + 1)))
        refusal = EN.own_queue_full.format(count=MOST_EACH)
        await api.until(lambda: refusal in ann.chat.texts())
        desk.go_on()
        await api.until(lambda: len(ann.chat.documents()) == MOST_EACH + 1)
    assert ann.chat.texts().count(refusal) == 1


@scenario
async def test_what_came_while_the_bot_was_away_is_not_done_and_said_once() -> None:
    async with BotApi() as api:
        ann = Person(api)
        await api.put(*(ann.message(age_s=int(OLD_S) + 1, photo=ann.photo(b"old")) for _ in range(5)))
        async with a_bot(api):
            await ann.has_cut_out(b"new")
    assert ann.chat.texts() == [EN.away]
    assert len(ann.chat.documents()) == 1


@scenario
async def test_who_has_blocked_the_bot_disturbs_nobody() -> None:
    async with BotApi() as api, a_bot(api):
        ann, bob = Person(api, 1), Person(api, 2)
        api.fail("sendChatAction", 403, "Forbidden: bot was blocked by the user")
        await ann.sends_photo(b"ann")
        await api.until(lambda: api.named("sendChatAction"))
        await bob.has_cut_out(b"bob")
    assert not ann.chat.documents()


def test_a_defect_is_in_the_log_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    @scenario
    async def run() -> None:
        async with BotApi() as api, a_bot(api):
            ann = Person(api)
            await ann.sends_photo(b"defect")
            await api.until(ann.chat.texts)

    logging.getLogger("live_seg").propagate = True
    run()
    assert "ZeroDivisionError: a defect" in caplog.text
