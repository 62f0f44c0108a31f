"""Follows a live call: follow.py URL [join=N] [end=N]

Prints what happens, a line each. `join=6` joins the call after the 6th message of the server's, `end=6`
ends it. The access token is in LIVECALL_ACCESS_TOKEN. Exits with 0 where the call's end was heard, and
with 1 where the call could not be followed to it. With `-` for the URL it reads messages from standard
input, a line each, and says of each what it is.

What it knows of the endpoint is in messages.py, which is made of the AsyncAPI document.
"""

import asyncio
import os
import random
import sys
import time
import uuid

import messages
import websockets

GIVE_UP_AFTER_S = 90
LINGER_S = 1


def say(line):
    # Whatever was said is printed, half a surrogate pair too.
    sys.stdout.buffer.write(f"{line}\n".encode(errors="replace"))
    sys.stdout.buffer.flush()


class Call:
    def __init__(self, url, plan):
        self.url, self.plan = url, plan
        self.heard = 0
        self.has_ended = False
        self.pending = {}

    async def follow(self):
        """Dials until the call is over, or cannot be followed any more."""
        attempt, refreshed, lost_at = 0, False, None
        while True:
            verdict = "retry"
            try:
                # A token is short-lived: it is asked for each time.
                token = os.environ["LIVECALL_ACCESS_TOKEN"]
                headers = {"Authorization": f"Bearer {token}"}
                async with websockets.connect(self.url, extra_headers=headers) as socket:
                    say("connected")
                    attempt, refreshed, lost_at = 0, False, None
                    await self.hear(socket)
            except websockets.InvalidStatusCode as error:
                status = error.status_code
                say(f"refused with {status}")
                verdict = messages.VERDICT_BY_STATUS.get(
                    status, "retry" if status in (408, 429) or status >= 500 else "fatal"
                )
            except websockets.ConnectionClosed as error:
                say(f"closed with {error.code}")
                verdict = messages.VERDICT_BY_CLOSE_CODE.get(error.code, "fatal")
            except (OSError, asyncio.TimeoutError, websockets.InvalidHandshake) as error:
                say(f"not connected: {type(error).__name__}")
            # Whether it was carried out is not known: it is not sent again.
            for command in self.pending.values():
                say(f"not acknowledged: {command}")
            self.pending.clear()
            if self.has_ended:
                return 0
            if verdict == "fatal" or (verdict == "refresh-token" and refreshed):
                return 1
            if verdict == "refresh-token":
                refreshed = True
                continue
            lost_at = time.monotonic() if lost_at is None else lost_at
            if time.monotonic() - lost_at > GIVE_UP_AFTER_S:
                return 1
            await asyncio.sleep(random.uniform(0.5, 1) * min(0.5 * 2**attempt, 15))
            attempt += 1

    async def hear(self, socket):
        while True:
            # After the call's end a server may leave the close to the client.
            wait = LINGER_S if self.has_ended else None
            try:
                frame = await asyncio.wait_for(socket.recv(), wait)
            except asyncio.TimeoutError:
                return
            self.heard += 1
            try:
                self.tell(messages.decode(frame if isinstance(frame, str) else frame.decode()))
            except ValueError:
                # NoMessage, or no UTF-8: the call goes on.
                say("no message of the protocol")
            for create in self.plan.get(self.heard, ()):
                command = create(str(uuid.uuid4()))
                self.pending[command.id] = command.type
                await socket.send(messages.encode(command))

    def tell(self, message):
        if isinstance(message, messages.CallStart):
            say(f"call started: {message.phone}")
        elif isinstance(message, messages.Transcript):
            say(f"{message.role}: {message.msg}")
        elif isinstance(message, messages.ScreeningEnd):
            say(f"screening ended: {message.msg}")
        elif isinstance(message, messages.CallEnd):
            self.has_ended = True
            say("call ended")
        elif isinstance(message, messages.ErrorMessage):
            say(f"error reported: {message.description}")
        elif isinstance(message, messages.Ack):
            # One that is late, or of nobody's command, changes nothing.
            command = self.pending.pop(message.ack_id, None)
            if command is not None:
                say(f"acknowledged: {command}")
        else:
            say(f"unknown message: {message.type}")


def judge():
    for line in sys.stdin.buffer:
        try:
            message = messages.decode(line.decode())
            say(type(message).__name__)
        except ValueError:
            say("-")


def main():
    url, *steps = sys.argv[1:]
    if url == "-":
        return judge()
    plan = {}
    for step in steps:
        name, after = step.split("=")
        command = {"join": messages.JoinCall, "end": messages.EndCall}[name]
        plan.setdefault(int(after), []).append(command)
    sys.exit(asyncio.run(Call(url, plan).follow()))


main()
