/** Tomcat's own endpoints: its idle timeout, its background checks, its limits. */
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import jakarta.servlet.ServletContextEvent;
import java.io.File;
import java.nio.file.Files;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import jakarta.servlet.ServletContextListener;
import org.apache.tomcat.websocket.server.WsSci;

public class TomcatServer {
  public static class Talk extends Endpoint {
    private Plan plan;

    @Override
    public void onOpen(Session session, EndpointConfig config) {
      plan = new Plan() {
        @Override void send(String text) { session.getAsyncRemote().sendText(text); }
        @Override void close(int code, String reason) {
          try { session.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(code), reason)); } catch (Exception ignored) { }
        }
      };
      if (Plan.number("MAX_IDLE_S") > 0) session.setMaxIdleTimeout((long) (1000 * Plan.number("MAX_IDLE_S")));
      if (Plan.number("MAX_BYTES") > 0) session.setMaxTextMessageBufferSize((int) Plan.number("MAX_BYTES"));
      session.addMessageHandler(String.class, (MessageHandler.Whole<String>) message -> plan.received(message));
      plan.opened();
    }

    @Override
    public void onClose(Session session, CloseReason reason) { plan.lost(); }

    @Override
    public void onError(Session session, Throwable error) { }
  }

  public static class Listener implements ServletContextListener {
    @Override
    public void contextInitialized(ServletContextEvent event) {

      Object container = event.getServletContext().getAttribute("jakarta.websocket.server.ServerContainer");
      try {
        ((ServerContainer) container).addEndpoint(ServerEndpointConfig.Builder.create(Talk.class, "/ws").build());
      } catch (Exception error) {
        throw new IllegalStateException(error);
      }
    }
  }

  public static void main(String[] arguments) throws Exception {
    java.util.logging.LogManager.getLogManager().reset();
    File home = Files.createTempDirectory("tomcat").toFile();
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(home.getPath());
    tomcat.setPort(Integer.parseInt(arguments[0]));
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context context = tomcat.addContext("", home.getPath());
    context.addServletContainerInitializer(new WsSci(), null);
    context.addApplicationListener(Listener.class.getName());
    Tomcat.addServlet(context, "default", "org.apache.catalina.servlets.DefaultServlet");
    context.addServletMappingDecoded("/", "default");
    tomcat.start();
    tomcat.getServer().await();
  }
}
