import sys
import websocket

URL, TOKEN = sys.argv[1:]


def closed(_app, code, _reason):
    print("closed", code)


def failed(_app, error):
    if isinstance(error, websocket.WebSocketBadStatusException):
        print("refused", error.status_code, (error.resp_headers or {}).get("retry-after"))


websocket.WebSocketApp(
    URL,
    header=["Authorization: Bearer " + TOKEN],
    on_open=lambda _app: print("open", flush=True),
    on_message=lambda _app, text: print("message", len(text), flush=True),
    on_close=closed,
    on_error=failed,
).run_forever()
