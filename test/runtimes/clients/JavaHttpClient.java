import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;

class JavaHttpClient implements WebSocket.Listener {
  private final CountDownLatch done = new CountDownLatch(1);
  private int length = 0;

  public static void main(String[] args) throws Exception {
    var follower = new JavaHttpClient();
    try {
      HttpClient.newHttpClient().newWebSocketBuilder()
          .header("Authorization", "Bearer " + args[1])
          .buildAsync(URI.create(args[0]), follower).join();
      follower.done.await();
    } catch (CompletionException thrown) {
      if (!(thrown.getCause() instanceof WebSocketHandshakeException refused)) throw thrown;
      var answer = refused.getResponse();
      System.out.println("refused " + answer.statusCode() + " "
          + answer.headers().firstValue("Retry-After").orElse("none"));
    }
  }

  public void onOpen(WebSocket socket) {
    System.out.println("open");
    socket.request(1);
  }

  /** A message comes in parts, however it was sent. */
  public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
    length += part.length();
    if (last) {
      System.out.println("message " + length);
      length = 0;
    }
    socket.request(1);
    return null;
  }

  public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
    System.out.println("closed " + code);
    done.countDown();
    return null;
  }

  public void onError(WebSocket socket, Throwable error) {
    System.out.println("failed " + error.getClass().getSimpleName());
    done.countDown();
  }
}
