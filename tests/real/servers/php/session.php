<?php
// What every PHP server of this folder does to a connection, whatever library carries it: `session.py` in PHP.
// A peer has send($text), close($code, $reason) and abort(); `$later($seconds, $call)` is a timer.

function text(string $name): string { return getenv("PLAN_$name") ?: ''; }
function number(string $name): float { return (float) text($name); }

final class Session
{
    /** @var array<int, Session> */
    public static array $alive = [];
    private int $count = 0;
    private int $bytes = 0;
    private bool $gone = false;
    public float $opened;
    public float $heard;
    private float $answered;

    public function __construct(private object $peer, private Closure $later)
    {
        $this->opened = $this->heard = $this->answered = microtime(true);
    }

    public function opened(): void
    {
        if (text('FULL') !== '' && count(self::$alive) >= number('FULL')) { $this->end(); return; }
        if (number('REPLACE') || text('REPLACE') === 'True') foreach (self::$alive as $one) $one->end();
        self::$alive[spl_object_id($this)] = $this;
        if (text('HELLO') !== '') $this->peer->send(text('HELLO'));
        if (number('AGE_S')) $this->after($this->shaken(number('AGE_S')), fn() => $this->end());
        if (number('IDLE_S') && !number('SWEEP_S')) $this->watchIdle();
        if (number('LOGIN_S')) $this->after(number('LOGIN_S'), fn() => $this->count ?: $this->end());
        if (number('PUSH_S')) $this->push();
        if (number('APP_PING_S')) $this->beat();
    }

    public function received(string $message): void
    {
        $this->heard = microtime(true);
        $this->count += 1;
        $this->bytes += strlen($message);
        if (text('APP_PONG') !== '' && str_contains($message, text('APP_PONG'))) { $this->answered = microtime(true); return; }
        if (text('CRASH') !== '' && str_contains($message, text('CRASH'))) {
            if (number('CRASH_AFTER_S')) { $this->after(number('CRASH_AFTER_S'), fn() => $this->end()); return; }
            throw new RuntimeException('the handler failed');
        }
        $isOver = (number('COUNT') && $this->count >= number('COUNT')) || (number('BYTES') && $this->bytes >= number('BYTES'));
        if ($isOver) $this->end(); elseif (!number('APP_PING_S')) $this->peer->send(substr($message, 0, 200));
    }

    public function lost(): void
    {
        $this->gone = true;
        unset(self::$alive[spl_object_id($this)]);
    }

    public function end(): void
    {
        if ($this->gone) return;
        $this->lost();
        $code = (int) (number('CODE') ?: 1000);
        if ($code === 1006) $this->peer->abort(); else $this->peer->close($code, text('REASON'));
    }

    public static function sweep(): void
    {
        foreach (self::$alive as $one) {
            $since = number('IDLE_S') ? $one->heard : $one->opened;
            if (microtime(true) - $since > (number('IDLE_S') ?: number('SWEEP_AGE_S'))) $one->end();
        }
    }

    private function after(float $seconds, Closure $call): void
    {
        ($this->later)($seconds, fn() => $this->gone ? null : $call());
    }

    private function shaken(float $seconds): float
    {
        return $seconds * (1 + number('JITTER') * (2 * mt_rand() / mt_getrandmax() - 1));
    }

    private function watchIdle(): void
    {
        $left = $this->heard + number('IDLE_S') - microtime(true);
        if ($left <= 0) $this->end(); else $this->after($left, fn() => $this->watchIdle());
    }

    private function push(): void
    {
        $this->peer->send('{"type":"news","n":' . mt_rand() . '}');
        $this->after(number('PUSH_S'), fn() => $this->push());
    }

    private function beat(): void
    {
        $asked = microtime(true);
        $this->peer->send(text('APP_PING'));
        $this->after(number('APP_WAIT_S'), fn() => $this->answered < $asked ? $this->end() : null);
        $this->after(number('APP_PING_S'), fn() => $this->beat());
    }
}
