/** Jetty 9: its idle timeout says why, its handler errors become 1011. */
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.log.Log;
import org.eclipse.jetty.util.log.StdErrLog;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.WebSocketAdapter;
import org.eclipse.jetty.websocket.server.WebSocketHandler;
import org.eclipse.jetty.websocket.servlet.WebSocketServletFactory;

public class JettyServer {
  public static class Talk extends WebSocketAdapter {
    private Plan plan;

    @Override
    public void onWebSocketConnect(Session session) {
      super.onWebSocketConnect(session);
      plan = new Plan() {
        @Override void send(String text) { session.getRemote().sendString(text, null); }
        @Override void close(int code, String reason) {
          if (code == 1006) { try { session.disconnect(); } catch (Exception ignored) { } } else session.close(code, reason);
        }
      };
      plan.opened();
    }

    @Override
    public void onWebSocketText(String message) { plan.received(message); }

    @Override
    public void onWebSocketClose(int code, String reason) { super.onWebSocketClose(code, reason); plan.lost(); }
  }

  public static void main(String[] arguments) throws Exception {
    StdErrLog quiet = new StdErrLog();
    quiet.setLevel(StdErrLog.LEVEL_OFF);
    Log.setLog(quiet);
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setPort(Integer.parseInt(arguments[0]));
    server.addConnector(connector);
    server.setHandler(new WebSocketHandler() {
      @Override
      public void configure(WebSocketServletFactory factory) {
        factory.register(Talk.class);
        if (Plan.number("MAX_IDLE_S") > 0) factory.getPolicy().setIdleTimeout((long) (1000 * Plan.number("MAX_IDLE_S")));
        else factory.getPolicy().setIdleTimeout(600000);
        if (Plan.number("MAX_BYTES") > 0) factory.getPolicy().setMaxTextMessageSize((int) Plan.number("MAX_BYTES"));
      }
    });
    server.start();
  }
}
