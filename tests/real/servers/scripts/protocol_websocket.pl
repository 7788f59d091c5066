# Protocol::WebSocket, which has frames and no server: one loop over select, as its examples do it.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Protocol::WebSocket::Frame;
use Protocol::WebSocket::Handshake::Server;
use Time::HiRes qw(time);

sub text { $ENV{"PLAN_$_[0]"} // '' }
sub number { text($_[0]) || 0 }
$SIG{PIPE} = 'IGNORE';
my $server = IO::Socket::INET->new(Listen => 64, LocalAddr => '127.0.0.1', LocalPort => $ARGV[0], ReuseAddr => 1) or die $!;
my $sockets = IO::Select->new($server);
my %peers;

sub say_to { my ($socket, %frame) = @_; $socket->syswrite(Protocol::WebSocket::Frame->new(%frame)->to_bytes) }
sub gone { my ($socket) = @_; delete $peers{$socket}; $sockets->remove($socket); close $socket }
sub finish {
  my ($socket) = @_;
  my $code = number('CODE') || 1000;
  return gone($socket) if $code == 1006;
  $peers{$socket}{over} = 1;
  say_to($socket, type => 'close', buffer => $code == 1005 ? '' : pack('n', $code) . text('REASON'));
}
sub opened {
  my ($peer) = @_;
  @$peer{qw(open opened heard pushed count bytes)} = (1, time, time, time, 0, 0);
  $peer->{frame} = Protocol::WebSocket::Frame->new;
  say_to($peer->{socket}, type => 'text', buffer => text('HELLO')) if text('HELLO') ne '';
}
sub received {
  my ($peer, $message) = @_;
  my $socket = $peer->{socket};
  $peer->{heard} = time;
  $peer->{count} += 1;
  $peer->{bytes} += length $message;
  die "the handler failed" if text('CRASH') ne '' && index($message, text('CRASH')) >= 0;
  return finish($socket) if number('COUNT') && $peer->{count} >= number('COUNT') or number('BYTES') && $peer->{bytes} >= number('BYTES');
  say_to($socket, type => 'text', buffer => substr $message, 0, 200);
}
sub look {
  my ($peer) = @_;
  my ($socket, $now) = ($peer->{socket}, time);
  return if !$peer->{open} || $peer->{over};
  return finish($socket) if number('AGE_S') && $now - $peer->{opened} >= number('AGE_S');
  return finish($socket) if number('IDLE_S') && $now - $peer->{heard} >= number('IDLE_S');
  return finish($socket) if number('LOGIN_S') && !$peer->{count} && $now - $peer->{opened} >= number('LOGIN_S');
  if (number('PUSH_S') && $now - $peer->{pushed} >= number('PUSH_S')) {
    $peer->{pushed} = $now;
    say_to($socket, type => 'text', buffer => '{"type":"news"}');
  }
}

while (1) {
  for my $socket ($sockets->can_read(0.02)) {
    if ($socket == $server) {
      my $client = $server->accept or next;
      $client->autoflush(1);
      $sockets->add($client);
      $peers{$client} = {socket => $client, shake => Protocol::WebSocket::Handshake::Server->new};
      next;
    }
    my $peer = $peers{$socket} or next;
    my $read = $socket->sysread(my $data, 65536);
    if (!$read) { gone($socket); next }
    if (!$peer->{open}) {
      $peer->{shake}->parse($data);
      if ($peer->{shake}->is_done) { $socket->syswrite($peer->{shake}->to_string); opened($peer) }
      next;
    }
    $peer->{frame}->append($data);
    my $worked = eval {
      while (defined(my $message = $peer->{frame}->next_bytes)) {
        my $frame = $peer->{frame};
        if ($frame->is_ping) { say_to($socket, type => 'pong', buffer => $message) }
        elsif ($frame->is_close) { say_to($socket, type => 'close', buffer => $message) unless $peer->{over}; gone($socket); last }
        elsif (!$frame->is_pong && !$peer->{over}) { received($peer, $message) }
        last unless $peers{$socket};
      }
      1;
    };
    gone($socket) if !$worked && $peers{$socket};  # the handler failed: what a program without a library does
  }
  look($_) for values %peers;
}
