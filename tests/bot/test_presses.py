"""Buttons that are pressed late, again and again, or were never sent."""

from __future__ import annotations

from bot_api import BotApi
from bot_messages import marked
from bot_people import Person
from running import FakeDesk, a_bot, scenario

from live_seg.bot.texts import read_texts

EN = read_texts("en")


@scenario
async def test_buttons_from_before_a_restart_still_work() -> None:
    async with BotApi() as api:
        ann = Person(api)
        async with a_bot(api):
            await ann.has_cut_out(b"ann")
        async with a_bot(api):
            await ann.presses("Blur")
            await api.until(lambda: b"blur" in ann.chat.documents()[0]["file"])


@scenario
async def test_buttons_whose_picture_was_deleted_say_so_and_keep_the_choice() -> None:
    async with BotApi() as api:
        ann = Person(api)
        async with a_bot(api):
            await ann.has_cut_out(b"ann")
        (answer,) = ann.chat.documents()
        del answer["reply_to_message"]
        async with a_bot(api):
            await ann.presses("Blur")
            await api.until(lambda: marked(answer) == ["Blur", "People"])
    assert EN.forgotten in [call.fields.get("text") for call in api.named("answerCallbackQuery")]


@scenario
async def test_buttons_of_a_message_that_telegram_does_not_show_say_so_too() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        query = {"id": "1", "from": {"id": 7, "is_bot": False, "first_name": "Ann"}, "chat_instance": "1"}
        gone = {"chat": {"id": 7, "type": "private"}, "message_id": 1, "date": 0}
        await api.put({"callback_query": {**query, "data": "cut:background:blur", "message": gone}})
        await api.until(lambda: api.named("answerCallbackQuery"))
        await ann.has_cut_out(b"ann")
    assert [call.fields.get("text") for call in api.named("answerCallbackQuery")] == [EN.forgotten]
    assert ann.chat.documents()[0]["file"].startswith(b"ann before blur")


@scenario
async def test_presses_that_no_button_sends_change_nothing() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.starts()
        (start,) = ann.chat.with_buttons()
        for forged in ("cut:background:/etc/passwd", "cut:model:../x", "cut:what:blur", "cut:", "other"):
            await ann.presses_data(forged, start)
        await ann.has_cut_out(b"ann")
    assert ann.chat.documents()[0]["file"] == b"ann before nothing by person as png"


@scenario
async def test_only_the_last_of_many_presses_is_worked_on() -> None:
    desk = FakeDesk()
    async with BotApi() as api, a_bot(api, desk):
        ann = Person(api)
        await ann.has_cut_out(b"ann")
        desk.waits = True
        await ann.presses("Blur")
        await desk.has_begun(2)
        for label in ("Pets", "People", "Transparent", "Pets"):
            await ann.presses(label)
        await api.until(lambda: len(api.named("answerCallbackQuery")) == 5)
        desk.go_on()
        await api.until(lambda: b"by pets" in ann.chat.documents()[0]["file"])
    assert len(desk.jobs) == 3


@scenario
async def test_a_press_where_nobody_was_found_leaves_the_pictures_that_wait_alone() -> None:
    desk = FakeDesk()
    async with BotApi() as api, a_bot(api, desk):
        ann = Person(api)
        await ann.sends_photo(b"empty")
        await api.until(lambda: EN.nothing_found in ann.chat.texts())
        nobody = ann.chat.with_buttons()[-1]
        desk.waits = True
        await ann.sends_photo(b"one")
        await desk.has_begun(2)
        for content in (b"two", b"three", b"four"):
            await ann.sends_photo(content)
        await api.until(lambda: EN.position.format(count=3) in ann.chat.texts())
        for label in ("Pets", "Blur", "Pets"):
            await ann.presses(label, nobody)
        await api.until(lambda: len(api.named("answerCallbackQuery")) == 3)
        desk.go_on()
        await api.until(lambda: len(ann.chat.documents()) == 5)
    assert desk.jobs == [b"empty", b"one", b"two", b"three", b"four", b"empty"]
