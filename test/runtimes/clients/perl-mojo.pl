use v5.36;
use Mojo::UserAgent;
use Mojo::IOLoop;

$| = 1;
my ($url, $token) = @ARGV;
my $agent = Mojo::UserAgent->new;
$agent->websocket($url => { Authorization => "Bearer $token" } => sub ($agent, $tx) {
  unless ($tx->is_websocket) {
    my $answer = $tx->res;
    say join ' ', 'refused', $answer->code // 'none', $answer->headers->header('Retry-After') // '';
    return Mojo::IOLoop->stop;
  }
  say 'open';
  $tx->on(message => sub ($tx, $text) { say 'message ' . length $text });
  $tx->on(finish => sub ($tx, $code, $reason = undef) {
    say 'closed ' . ($code // 'none');
    Mojo::IOLoop->stop;
  });
});
Mojo::IOLoop->start;
