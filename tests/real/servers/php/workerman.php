<?php
// Workerman: an uncaught error of a handler stops the worker process, and the master starts it again.
require getenv('COMPOSER_VENDOR') . '/autoload.php';
require __DIR__ . '/session.php';

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Websocket;
use Workerman\Timer;
use Workerman\Worker;

final class Peer
{
    public function __construct(private TcpConnection $connection) {}
    public function send(string $text): void { $this->connection->send($text); }
    public function abort(): void { $this->connection->close(); }
    public function close(int $code, string $reason): void
    {
        $said = $code === 1005 ? '' : pack('n', $code) . $reason;
        $this->connection->close("\x88" . chr(strlen($said)) . $said, true);
    }
}

$port = $argv[1];
$argv = [$argv[0], 'start'];
Worker::$logFile = Worker::$stdoutFile = '/dev/null';
Worker::$pidFile = getcwd() . '/pid';
if (property_exists(Worker::class, 'statusFile')) Worker::$statusFile = getcwd() . '/status';
$worker = new Worker("websocket://127.0.0.1:$port");
$later = fn(float $seconds, Closure $call) => Timer::add(max(0.001, $seconds), $call, [], false);
$worker->onWorkerStart = function () {
    if (number('SWEEP_S')) Timer::add(number('SWEEP_S'), fn() => Session::sweep());
};
$worker->onWebSocketConnect = function (TcpConnection $connection) use ($later) {
    $connection->session = new Session(new Peer($connection), $later);
    $later(0.001, fn() => $connection->session->opened());
};
$worker->onMessage = fn(TcpConnection $connection, $text) => $connection->session->received((string) $text);
$worker->onClose = fn(TcpConnection $connection) => isset($connection->session) ? $connection->session->lost() : null;
Worker::runAll();
