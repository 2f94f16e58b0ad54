"""What people send and press, and what they get."""

from __future__ import annotations

from bot_api import BotApi
from bot_messages import labels, marked
from bot_people import Person
from running import FakeDesk, a_bot, scenario

from live_seg.bot.keyboard import COLOURS
from live_seg.bot.texts import read_texts

EN, RU = read_texts("en"), read_texts("ru")


@scenario
async def test_a_photo_comes_back_as_a_png_file_that_replies_to_it_and_has_buttons() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.has_cut_out(b"ann")
        (answer,) = ann.chat.documents()
    assert answer["file"] == b"ann before nothing by person as png"
    assert answer["document"]["file_name"] == "cutout.png"
    assert answer["reply_to_message"]["photo"]
    assert list(labels(answer)) == ["✓ Transparent", "Colour", "Blur", "My picture", "✓ People", "Pets"]


@scenario
async def test_a_picture_file_keeps_its_name() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.sends(document=ann.document(b"ann", "../My\nholiday: 1.jpeg"))
        await ann.sends(document=ann.document(b"ann", "\u202e.png", kind="application/octet-stream"))
        await api.until(lambda: len(ann.chat.documents()) == 2)
        names = [answer["document"]["file_name"] for answer in ann.chat.documents()]
    assert names == ["Myholiday: 1-cutout.png", "cutout.png"]


@scenario
async def test_every_picture_of_an_album_is_answered_in_order_with_the_buttons_once() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.sends_album(b"one", b"two", b"three")
        await api.until(lambda: len(ann.chat.documents()) == 3)
        answers = ann.chat.documents()
    assert [answer["file"].split()[0] for answer in answers] == [b"one", b"two", b"three"]
    assert [bool(labels(answer)) for answer in answers] == [False, False, True]


@scenario
async def test_a_button_changes_all_pictures_of_an_album_in_their_places() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.sends_album(b"one", b"two")
        await api.until(lambda: len(ann.chat.documents()) == 2)
        await ann.presses("Blur")
        answers = ann.chat.documents()
        await api.until(lambda: all(b"blur" in answer["file"] for answer in answers))
    assert [answer["file"] for answer in answers] == [
        b"one before blur by person as png",
        b"two before blur by person as png",
    ]
    assert [marked(answer) for answer in answers] == [[], ["Blur", "People"]]


@scenario
async def test_an_album_whose_last_picture_is_broken_has_its_buttons_all_the_same() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.sends_album(b"one", b"broken")
        await api.until(ann.chat.with_buttons)
        (last,) = ann.chat.with_buttons()
        await ann.presses("Blur")
        await api.until(lambda: b"blur" in ann.chat.documents()[0]["file"])
    assert last["text"] == EN.unreadable


@scenario
async def test_a_colour_is_chosen_from_the_palette_and_stays_chosen() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.has_cut_out(b"ann")
        (answer,) = ann.chat.documents()
        await ann.presses("Colour")
        await api.until(lambda: "🟩" in labels(answer))
        await ann.presses("🟩")
        await api.until(lambda: b"#00b140" in answer["file"])
        await ann.sends_photo(b"bob")
        await api.until(lambda: len(ann.chat.documents()) == 2)
    assert COLOURS["🟩"] == "#00b140"
    assert ann.chat.documents()[1]["file"] == b"bob before #00b140 by person as png"
    assert marked(answer) == ["Colour", "People"]


@scenario
async def test_the_palette_closes_without_a_change() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.starts()
        (start,) = ann.chat.with_buttons()
        await ann.presses("Colour")
        await api.until(lambda: "Back" in labels(start))
        await ann.presses("Back")
        await api.until(lambda: "Blur" in labels(start))
    assert marked(start) == ["Transparent", "People"]


@scenario
async def test_a_colour_can_be_written() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.says("#FF8800")
        await ann.has_cut_out(b"ann")
    assert ann.chat.texts() == [EN.background_is_colour.format(colour="#ff8800")]
    assert b"before #ff8800" in ann.chat.documents()[0]["file"]


@scenario
async def test_what_only_begins_like_a_colour_is_none() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.says("#ff88001")
        await ann.has_cut_out(b"ann")
    assert ann.chat.texts() == [EN.help.format(megabytes=20, megapixels=16)]
    assert b"before nothing" in ann.chat.documents()[0]["file"]


@scenario
async def test_the_next_picture_after_the_button_becomes_the_background() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.has_cut_out(b"ann")
        await ann.presses("My picture")
        await api.until(lambda: EN.send_background in ann.chat.texts())
        await ann.sends_photo(b"a beach")
        await api.until(lambda: b"a beach" in ann.chat.documents()[0]["file"])
        await ann.sends_photo(b"bob")
        await api.until(lambda: len(ann.chat.documents()) == 2)
    assert ann.chat.texts() == [EN.send_background, EN.background_is_taken]
    assert ann.chat.documents()[0]["file"] == b"ann before a beach by person as png"
    assert ann.chat.documents()[1]["file"] == b"bob before a beach by person as png"


@scenario
async def test_after_start_the_next_picture_is_cut_out_also_when_a_background_was_asked_for() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.starts()
        await ann.presses("My picture")
        await api.until(lambda: EN.send_background in ann.chat.texts())
        await ann.starts()
        await ann.has_cut_out(b"ann")
    assert EN.background_is_taken not in ann.chat.texts()
    assert ann.chat.documents()[0]["file"] == b"ann before nothing by person as png"


@scenario
async def test_an_own_background_comes_back_with_one_press_and_is_changed_with_another() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.starts()
        await ann.presses("My picture")
        await ann.sends_photo(b"a beach")
        await api.until(lambda: EN.background_is_taken in ann.chat.texts())
        await ann.presses("Blur")
        await ann.presses("My picture")
        await ann.has_cut_out(b"ann")
        await ann.presses("My picture")
        await api.until(lambda: ann.chat.texts().count(EN.send_background) == 2)
        await ann.sends_photo(b"a forest")
        await api.until(lambda: b"a forest" in ann.chat.documents()[0]["file"])
    assert EN.own_again in [call.fields.get("text") for call in api.named("answerCallbackQuery")]


@scenario
async def test_another_button_ends_the_waiting_for_a_background() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.starts()
        await ann.presses("My picture")
        await ann.presses("Blur")
        await ann.has_cut_out(b"ann")
    assert ann.chat.documents()[0]["file"] == b"ann before blur by person as png"


@scenario
async def test_pets_are_cut_out_by_their_own_network() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.has_cut_out(b"rex")
        await ann.presses("Pets")
        await api.until(lambda: b"by pets" in ann.chat.documents()[0]["file"])
    assert marked(ann.chat.documents()[0]) == ["Transparent", "Pets"]


@scenario
async def test_where_nobody_is_found_the_other_network_is_one_press_away() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.sends_photo(b"empty")
        await api.until(lambda: EN.nothing_found in ann.chat.texts())
        await ann.presses("Pets")
        await api.until(ann.chat.documents)
    assert ann.chat.documents()[0]["file"] == b"empty before nothing by pets as png"


@scenario
async def test_with_one_network_there_is_nothing_to_choose() -> None:
    async with BotApi() as api, a_bot(api, FakeDesk(models=("person",))):
        ann = Person(api)
        await ann.sends_photo(b"ann")
        await ann.sends_photo(b"empty")
        await api.until(lambda: EN.nothing_found in ann.chat.texts())
    assert list(labels(ann.chat.documents()[0])) == ["✓ Transparent", "Colour", "Blur", "My picture"]
    assert len(ann.chat.with_buttons()) == 1


@scenario
async def test_russians_are_answered_in_russian_and_everybody_else_in_english() -> None:
    async with BotApi() as api, a_bot(api):
        ivan, fritz = Person(api, 1, "ru"), Person(api, 2, "de")
        await ivan.says("/start")
        await fritz.says("/start")
        await api.until(lambda: ivan.chat.texts() and fritz.chat.texts())
    assert (ivan.chat.texts(), fritz.chat.texts()) == ([RU.start], [EN.start])
    assert "Размытие" in labels(ivan.chat.with_buttons()[0])
    assert {call.fields.get("language_code") for call in api.named("setMyCommands")} == {None, "ru"}


@scenario
async def test_whatever_else_is_sent_is_answered_with_what_the_bot_can_do() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        film = {"file_id": "f", "file_unique_id": "f", "width": 1, "height": 1, "duration": 1}
        await ann.says("hello")
        await ann.sends(video=film)
        await ann.sends(document=ann.document(b"%PDF", "book.pdf", "application/pdf"))
        await ann.sends(location={"latitude": 1.0, "longitude": 1.0})
        await api.until(lambda: len(ann.chat.texts()) == 4)
    helped = EN.help.format(megabytes=20, megapixels=16)
    assert sorted(ann.chat.texts()) == sorted([helped, EN.moving, EN.no_picture, EN.no_picture])


@scenario
async def test_what_telegram_itself_writes_into_a_chat_is_no_message() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.sends(message_auto_delete_timer_changed={"message_auto_delete_time": 86400})
        await ann.has_cut_out(b"ann")
    assert ann.chat.texts() == []


@scenario
async def test_groups_are_not_listened_to() -> None:
    async with BotApi() as api, a_bot(api):
        ann = Person(api)
        await ann.sends(kind="group", photo=ann.photo(b"ann"))
        await ann.has_cut_out(b"bob")
    assert len(ann.chat.documents()) == 1
