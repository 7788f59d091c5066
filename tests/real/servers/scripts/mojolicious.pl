# Mojolicious: its inactivity timeout ends quiet connections; a handler that dies is logged, and the connection stays or goes.
use Mojolicious::Lite -signatures;
use Mojo::IOLoop;
use Mojo::Server::Daemon;

sub number ($name) { return $ENV{"PLAN_$name"} || 0 }
my $code = number('CODE') || 1000;
my $reason = $ENV{PLAN_REASON} || '';

sub end ($c) {
  return Mojo::IOLoop->stream($c->tx->connection)->close if $code == 1006;
  return $code == 1005 ? $c->tx->finish : $c->tx->finish($code => $reason);
}

websocket '/*rest' => sub ($c) {
  my ($count, $bytes) = (0, 0);
  my $watch;
  my $idle = number('IDLE_S');
  my $again = sub { Mojo::IOLoop->remove($watch) if $watch; $watch = Mojo::IOLoop->timer($idle => sub { end($c) }) };
  $again->() if $idle;
  $c->inactivity_timeout(number('MAX_IDLE_S') || 600);
  $c->tx->max_websocket_size(number('MAX_BYTES')) if number('MAX_BYTES');
  $c->send($ENV{PLAN_HELLO}) if $ENV{PLAN_HELLO};
  my $age = number('AGE_S') ? Mojo::IOLoop->timer(number('AGE_S') => sub { end($c) }) : undef;
  my $login = number('LOGIN_S') ? Mojo::IOLoop->timer(number('LOGIN_S') => sub { end($c) unless $count }) : undef;
  my $push = number('PUSH_S') ? Mojo::IOLoop->recurring(number('PUSH_S') => sub { $c->send('{"type":"news"}') }) : undef;
  $c->on(message => sub ($c, $text) {
    $again->() if $idle;
    $count++;
    $bytes += length $text;
    die 'the handler failed' if $ENV{PLAN_CRASH} && index($text, $ENV{PLAN_CRASH}) >= 0;
    return end($c) if (number('COUNT') && $count >= number('COUNT')) || (number('BYTES') && $bytes >= number('BYTES'));
    $c->send($text);
  });
  $c->on(finish => sub { Mojo::IOLoop->remove($_) for grep {defined} $watch, $age, $login, $push });
};

app->log->level('fatal');
Mojo::Server::Daemon->new(app => app, listen => ["http://127.0.0.1:$ARGV[0]"], silent => 1, inactivity_timeout => 600)->run;
