import asyncio, sys
import websockets

URL, TOKEN = sys.argv[1:]


async def follow():
    headers = {"Authorization": "Bearer " + TOKEN}
    try:
        async with websockets.connect(URL, extra_headers=headers) as socket:
            print("open", flush=True)
            while True:
                print("message", len(await socket.recv()), flush=True)
    except websockets.InvalidStatusCode as error:
        print("refused", error.status_code, error.headers.get("Retry-After"))
    except websockets.ConnectionClosed as error:
        print("closed", error.code)


asyncio.run(follow())
