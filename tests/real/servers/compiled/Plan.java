/** The plan's settings, and what a server of this folder does to a connection, for Java. */
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

abstract class Plan {
  static final ScheduledExecutorService TIMERS = Executors.newScheduledThreadPool(2);
  private int count;
  private long bytes;
  private boolean over;
  private long heard = System.nanoTime();

  static String text(String name) {
    String value = System.getenv("PLAN_" + name);
    return value == null ? "" : value;
  }

  static double number(String name) {
    return text(name).isEmpty() ? 0 : Double.parseDouble(text(name));
  }

  static int code() {
    return number("CODE") > 0 ? (int) number("CODE") : 1000;
  }

  abstract void send(String text);

  abstract void close(int code, String reason);

  void later(double seconds, Runnable call) {
    TIMERS.schedule(() -> { if (!over) call.run(); }, (long) (seconds * 1e6), TimeUnit.MICROSECONDS);
  }

  void opened() {
    if (number("AGE_S") > 0) later(number("AGE_S"), this::end);
    if (number("LOGIN_S") > 0) later(number("LOGIN_S"), () -> { if (count == 0) end(); });
    if (number("IDLE_S") > 0) watch();
    if (number("PUSH_S") > 0) push();
  }

  private void push() {
    send("{\"type\":\"news\"}");
    later(number("PUSH_S"), this::push);
  }

  private void watch() {
    double left = number("IDLE_S") - (System.nanoTime() - heard) / 1e9;
    if (left <= 0) end(); else later(left, this::watch);
  }

  void received(String message) {
    heard = System.nanoTime();
    count += 1;
    bytes += message.length();
    if (!text("CRASH").isEmpty() && message.contains(text("CRASH"))) throw new IllegalStateException("the handler failed");
    if ((number("COUNT") > 0 && count >= number("COUNT")) || (number("BYTES") > 0 && bytes >= number("BYTES"))) end();
    else send(message);
  }

  void lost() {
    over = true;
  }

  void end() {
    over = true;
    close(code(), text("REASON"));
  }
}
