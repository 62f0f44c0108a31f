import asyncio, sys
import aiohttp

URL, TOKEN = sys.argv[1:]


async def follow():
    headers = {"Authorization": "Bearer " + TOKEN}
    async with aiohttp.ClientSession() as session:
        try:
            async with session.ws_connect(URL, headers=headers) as socket:
                print("open", flush=True)
                # Ends without an exception, however the connection does.
                async for message in socket:
                    print("message", len(message.data), flush=True)
                print("closed", socket.close_code)
        except aiohttp.WSServerHandshakeError as error:
            print("refused", error.status, error.headers.get("Retry-After"))


asyncio.run(follow())
