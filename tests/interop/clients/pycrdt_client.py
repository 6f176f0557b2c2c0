"""`pycrdt.Provider` over an `HttpxWebsocket` channel, as its own process. Coming back is this file's own loop."""

import asyncio
import contextlib
import json
import os
import socket
import struct
import sys
import time

import anyio
import httpx
from httpx_ws import WebSocketDisconnect, aconnect_ws
from pycrdt import (
    Awareness,
    Doc,
    Map,
    Provider,
    Text,
    create_awareness_message,
    create_update_message,
)
from pycrdt.websocket.websocket import HttpxWebsocket

ASKED = json.loads(os.environ["INTEROP"])
KINDS = {1: "awareness", 2: "auth", 3: "query awareness"}
STEPS = ["step 1", "step 2", "update"]
COMES_BACK_AFTER = 0.2
# One order is one line.
LONGEST_ORDER = 1 << 24


class Counted(HttpxWebsocket):
    """Notes what goes over the channel and changes nothing."""

    def __init__(self, websocket, path, frames):
        super().__init__(websocket, path)
        self.frames = frames
        # Why it ended, if the service got to say so.
        self.code = None

    def note(self, way, message):
        kind = STEPS[message[1]] if message[0] == 0 else KINDS.get(message[0], f"kind {message[0]}")
        kind = "still here" if message == b"\x01\x01\x00" else kind
        self.frames.append({"way": way, "kind": kind, "at": now(), "hex": message.hex()})

    async def send(self, message):
        self.note("out", message)
        await super().send(message)

    async def recv(self):
        try:
            message = await super().recv()
        except WebSocketDisconnect as end:
            self.code = end.code
            raise
        self.note("in", message)
        return message


def now():
    """As JavaScript's clients say it, in milliseconds."""
    return round(time.time() * 1000)


def length(letters):
    """What pycrdt counts of a text: bytes."""
    return len("".join(letters).encode())


class Client:
    def __init__(self):
        self.doc = Doc()
        self.notes = self.doc.get("notes", type=Map)
        self.frames = []
        self.ends = []
        self.begins = []
        self.synced = False
        self.stay = None
        self.line = None
        self.websocket = None

    async def run(self, document, password):
        address = f"{ASKED['origin']}/yjs/{document}?pass={password}"
        # A scope of anyio and not a task's cancellation: what the libraries await swallows the latter now and then.
        with anyio.CancelScope() as self.stay:
            while True:
                try:
                    async with httpx.AsyncClient(trust_env=False) as http, aconnect_ws(address, http) as websocket:
                        self.websocket = websocket
                        self.begins.append(now())
                        self.channel = Counted(websocket, document, self.frames)
                        async with Provider(self.doc, self.channel) as provider:
                            # Also when it closes before it is synced.
                            while websocket.connection.state.name == "OPEN":
                                self.synced = provider.synced.is_set()
                                await anyio.sleep(0.02)
                except Exception as error:
                    print(repr(error), file=sys.stderr)
                if len(self.ends) < len(self.begins):
                    self.ends.append({"code": self.channel.code, "at": now()})
                self.synced = False
                await anyio.sleep(COMES_BACK_AFTER)

    def open(self, document, **how):
        self.document, self.password = document, how["pass"]
        self.back()

    def back(self, **_):
        self.line = asyncio.create_task(self.run(self.document, self.password))

    async def leave(self, **_):
        if self.stay:
            self.stay.cancel()
        else:
            self.line.cancel()
        await asyncio.gather(self.line, return_exceptions=True)
        self.stay, self.synced = None, False

    def cut(self, **_):
        """The network goes, without a close frame; what was on its way is lost."""
        line = self.websocket.stream.get_extra_info("socket")
        if line and line.fileno() >= 0:
            # A killed service may have reset the line already.
            with contextlib.suppress(OSError):
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                line.shutdown(socket.SHUT_RDWR)

    def note(self, document, note, words):
        with self.doc.transaction():
            self.notes[note] = Map({"section": "worried", "order": f"a{note}", "text": Text(words)})

    def type(self, document, note, words, at=None):
        text = self.notes[note]["text"]
        text.insert(len(text) if at is None else at, words)

    def format(self, document, note):
        self.notes[note]["text"].format(0, 1, {"bold": True})

    async def gap(self, document, times=1, **_):
        """Sends the second letter of somebody whose first one nobody has."""
        lost = Doc()
        lost.get("notes", type=Map)["lost"] = text = Text("a")
        before = lost.get_state()
        text += "b"
        for _ in range(times):
            await self.channel.send(create_update_message(lost.get_update(before)))

    async def boasts(self, document, times=1):
        """Says more about itself than is passed on. The provider says nothing by itself."""
        awareness = Awareness(self.doc)
        for n in range(times):
            awareness.set_local_state_field("user", {"picture": "x" * 2_000, "n": n})
            state = awareness.encode_awareness_update([self.doc.client_id])
            await self.channel.send(create_awareness_message(state))

    def apply(self, document, update):
        self.doc.apply_update(bytes.fromhex(update))

    def erase(self, document, note, at, letters):
        del self.notes[note]["text"][at : at + letters]

    def scribble(self, document, what, note, line, at, letters, words):
        """One edit of a script, as `board.mjs` makes it."""
        here = sorted(self.notes)
        if what == "line" or not here:
            return self.note(document, note, words)
        line = here[int(line * len(here))]
        if what == "drop":
            del self.notes[line]
        elif what == "move":
            self.notes[line]["order"] = f"b{note}"
        else:
            text = self.notes[line]["text"]
            whole = list(str(text))
            at = int(at * (len(whole) + (what == "type")))
            begin = length(whole[:at])
            if what == "type":
                text.insert(begin, words)
            elif whole:
                del text[begin : begin + length(whole[at : at + letters])]

    def lines(self, document):
        return {note: str(self.notes[note]["text"]) for note in self.notes}

    def root(self, document, root):
        return self.doc.get(root, type=Map).to_py()

    def clocks(self, document):
        numbers, number, shift = [], 0, 0
        for byte in self.doc.get_state():
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                numbers.append(number)
                number, shift = 0, 0
        return {str(client): clock for client, clock in sorted(zip(numbers[1::2], numbers[2::2]))}

    def client(self, document):
        return self.doc.client_id

    def state(self, document):
        return {"synced": self.synced}

    def frames_since(self, since=0):
        return self.frames[since:]

    def closes(self):
        return self.ends

    def sockets(self):
        return len(self.begins)

    def opens(self):
        return self.begins


async def main():
    client = Client()
    reader = asyncio.StreamReader(limit=LONGEST_ORDER)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        order = json.loads(line)
        number, act = order.pop("n"), order.pop("act")
        try:
            value = getattr(client, {"frames": "frames_since"}.get(act, act))(**order)
            answer = {"n": number, "value": await value if asyncio.iscoroutine(value) else value}
        except Exception as error:
            answer = {"n": number, "error": repr(error)}
        print(json.dumps(answer), flush=True)


asyncio.run(main())
