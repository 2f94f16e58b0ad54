"""A server that speaks the Bot API over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, Self

from aiohttp import ClientSession, web
from bot_messages import BOT, NOW, TOKEN, Call, Chat, Fault, as_shown, document_of


class BotApi:
    """The server. Use as a context manager; `url` is its address."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, bytes] = {}
        self.webhook: dict[str, str] = {}
        self.url = ""
        self.port = 0
        self._updates: list[dict[str, Any]] = []
        self._faults: dict[str, Fault] = {}
        self._count = 0
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application(client_max_size=100_000_000)
        app.router.add_post("/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.*}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stop()

    def fail(self, method: str, status: int, description: str = "no", times: int = 1, **parameters: Any) -> None:
        """Answers the next calls of a method with an error."""
        body = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
        self.answer(method, json.dumps(body), status, times)

    def answer(self, method: str, body: str | bytes, status: int = 200, times: int = 1) -> None:
        """Answers the next calls of a method with any text."""
        self._faults[method] = Fault(status, body, times)

    async def until(self, happened: Callable[[], Any], within_s: float = 10) -> None:
        """Waits until something is true; looks after each call."""
        async with asyncio.timeout(within_s), self._changed:
            await self._changed.wait_for(lambda: bool(happened()))

    def named(self, method: str) -> list[Call]:
        """All calls of a method."""
        return [call for call in self.calls if call.method == method]

    def chat(self, number: int) -> Chat:
        return self.chats.setdefault(number, Chat())

    def number(self) -> int:
        """A new number, larger than all before."""
        self._count += 1
        return self._count

    async def put(self, *contents: dict[str, Any]) -> None:
        """Gives the bot updates, all in one answer, or one after the other to its webhook."""
        updates = [{"update_id": self.number(), **content} for content in contents]
        if self.webhook:
            for update in updates:
                assert await self.post(update, self.webhook["secret_token"]) == 200
            return
        async with self._changed:
            self._updates += updates
            self._changed.notify_all()

    async def post(self, update: dict[str, Any] | str, secret: str) -> int:
        """Calls the webhook as Telegram does; returns the status."""
        body = update if isinstance(update, str) else json.dumps(update)
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
        async with ClientSession() as session, session.post(self.webhook["url"], data=body, headers=headers) as answer:
            return answer.status

    @property
    def unread(self) -> int:
        """Updates that the bot has not confirmed."""
        return len(self._updates)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if (fault := self._fault("file")) is not None:
            return fault
        known = request.match_info["token"] == TOKEN and request.match_info["path"] in self.files
        return web.Response(body=self.files[request.match_info["path"]]) if known else web.Response(status=404)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            return _answer({"ok": False, "error_code": 401, "description": "Unauthorized"}, 401)
        call = await _read(request)
        if (fault := self._fault(call.method)) is not None:
            self.calls.append(call)
            await self._tell()
            return fault
        self.calls.append(call)
        try:
            result = await getattr(self, f"_{call.method}")(call)
        except LookupError as error:
            return _answer({"ok": False, "error_code": 400, "description": f"Bad Request: {error.args[0]}"}, 400)
        finally:
            await self._tell()
        return _answer({"ok": True, "result": result}, 200)

    def _fault(self, method: str) -> web.Response | None:
        fault = self._faults.get(method)
        if fault is None:
            return None
        fault.times -= 1
        if fault.times <= 0:
            del self._faults[method]
        body = fault.body if isinstance(fault.body, bytes) else fault.body.encode()
        return web.Response(body=body, status=fault.status, content_type="application/json")

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _getMe(self, call: Call) -> Any:  # noqa: N802
        return BOT

    async def _getUpdates(self, call: Call) -> Any:  # noqa: N802
        offset = int(call.fields.get("offset", 0))
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        await self._tell()
        seconds = float(call.fields.get("timeout", 0))
        if not self._updates and seconds:
            try:
                async with asyncio.timeout(seconds), self._changed:
                    await self._changed.wait_for(lambda: bool(self._updates))
            except TimeoutError:
                pass
        return self._updates[: int(call.fields.get("limit", 100))]

    async def _setMyCommands(self, call: Call) -> Any:  # noqa: N802
        return True

    async def _setWebhook(self, call: Call) -> Any:  # noqa: N802
        self.webhook = call.fields
        return True

    async def _deleteWebhook(self, call: Call) -> Any:  # noqa: N802
        self.webhook = {}
        return True

    async def _sendChatAction(self, call: Call) -> Any:  # noqa: N802
        return True

    async def _answerCallbackQuery(self, call: Call) -> Any:  # noqa: N802
        return True

    async def _getFile(self, call: Call) -> Any:  # noqa: N802
        file = call.fields["file_id"]
        if file not in self.files:
            raise LookupError("wrong file_id or the file is temporarily unavailable")
        return {"file_id": file, "file_unique_id": file, "file_path": file}

    async def _sendMessage(self, call: Call) -> Any:  # noqa: N802
        return self._keep(call, text=call.fields["text"])

    async def _sendDocument(self, call: Call) -> Any:  # noqa: N802
        name, content = call.files[call.fields["document"].removeprefix("attach://")]
        return self._keep(call, document=document_of(name, content), file=content)

    async def _editMessageMedia(self, call: Call) -> Any:  # noqa: N802
        message = self._message(call)
        name, content = call.files[call.json("media")["media"].removeprefix("attach://")]
        message |= {"document": document_of(name, content), "file": content}
        message["reply_markup"] = call.json("reply_markup") if "reply_markup" in call.fields else {}
        return as_shown(message)

    async def _editMessageReplyMarkup(self, call: Call) -> Any:  # noqa: N802
        message = self._message(call)
        if message["reply_markup"] == call.json("reply_markup"):
            raise LookupError("message is not modified")
        message["reply_markup"] = call.json("reply_markup")
        return as_shown(message)

    def _message(self, call: Call) -> dict[str, Any]:
        messages = self.chat(int(call.fields["chat_id"])).messages
        if int(call.fields["message_id"]) not in messages:
            raise LookupError("message to edit not found")
        return messages[int(call.fields["message_id"])]

    def _keep(self, call: Call, **content: Any) -> dict[str, Any]:
        chat = int(call.fields["chat_id"])
        message = {
            "message_id": self.number(),
            "date": NOW,
            "chat": {"id": chat, "type": "private"},
            "from": BOT,
            **content,
        }
        if "reply_markup" in call.fields:
            message["reply_markup"] = call.json("reply_markup")
        if "reply_parameters" in call.fields:
            reply = call.json("reply_parameters")
            if reply["message_id"] in self.chat(chat).messages:
                message["reply_to_message"] = self.chat(chat).messages[reply["message_id"]]
            elif not reply.get("allow_sending_without_reply"):
                raise LookupError("message to be replied not found")
        self.chat(chat).messages[message["message_id"]] = message
        return as_shown(message)


async def _read(request: web.Request) -> Call:
    fields: dict[str, str] = {}
    files: dict[str, tuple[str, bytes]] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = value.filename, value.file.read()
        else:
            fields[name] = str(value)
    return Call(request.match_info["method"], fields, files)


def _answer(content: Any, status: int) -> web.Response:
    return web.json_response(content, status=status)
