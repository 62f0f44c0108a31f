import asyncio, sys
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

URL, TOKEN = sys.argv[1:]


async def follow():
    try:
        request = HTTPRequest(URL, headers={"Authorization": "Bearer " + TOKEN})
        socket = await websocket_connect(request)
    except HTTPClientError as error:
        response = error.response
        print("refused", error.code, response and response.headers.get("Retry-After"))
        return
    print("open", flush=True)
    # `None` is the end, however it came.
    while (text := await socket.read_message()) is not None:
        print("message", len(text), flush=True)
    print("closed", socket.close_code)


asyncio.run(follow())
