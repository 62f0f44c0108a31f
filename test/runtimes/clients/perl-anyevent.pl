use v5.36;
use AnyEvent;
use AnyEvent::WebSocket::Client;

$| = 1;
my ($url, $token) = @ARGV;
my $done = AnyEvent->condvar;
my $client = AnyEvent::WebSocket::Client->new(
  http_headers => { Authorization => "Bearer $token" });
our $connection;
$client->connect($url)->cb(sub {
  $connection = eval { shift->recv };
  unless ($connection) {
    # Only in the text.
    say 'refused ' . ($@ =~ m{HTTP/1.1 (\d+)} ? "$1" : 'none');
    return $done->send;
  }
  say 'open';
  $connection->on(each_message => sub ($connection, $message, @) {
    say 'message ' . length $message->body;
  });
  $connection->on(finish => sub ($connection, @) {
    say 'closed ' . ($connection->close_code // 'none');
    $done->send;
  });
});
$done->recv;
