/** A WebSocket for `rxjs/webSocket` that is open at once and says what it is told to. */
export function fakeWebSocket() {
  const sockets = [];
  class FakeWebSocket {
    readyState = 1;
    constructor() {
      sockets.push(this);
      queueMicrotask(() => this.onopen({}));
    }
    send() {}
    close() {}
  }
  return {
    WebSocketCtor: FakeWebSocket,
    /** As `ws` does it: text comes as a string. */
    say: (bytes) => {
      sockets[0].onmessage({ data: bytes.toString() });
    },
  };
}
