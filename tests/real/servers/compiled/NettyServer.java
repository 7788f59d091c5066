/** Netty: its IdleStateHandler as the idle limit, a handler that throws closes the channel. */
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;

public class NettyServer {
  static class Talk extends SimpleChannelInboundHandler<TextWebSocketFrame> {
    private Plan plan;

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
        plan = new Plan() {
          @Override void send(String text) { context.writeAndFlush(new TextWebSocketFrame(text)); }
          @Override void close(int code, String reason) {
            if (code == 1006) context.close();
            else context.writeAndFlush(new CloseWebSocketFrame(code, reason)).addListener(done -> context.close());
          }
        };
        plan.opened();
      } else if (event instanceof IdleStateEvent) {
        plan.end();
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, TextWebSocketFrame frame) { plan.received(frame.text()); }

    @Override
    public void channelInactive(ChannelHandlerContext context) { if (plan != null) plan.lost(); }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) { context.close(); }
  }

  public static void main(String[] arguments) throws Exception {
    java.util.logging.LogManager.getLogManager().reset();
    int limit = Plan.number("MAX_BYTES") > 0 ? (int) Plan.number("MAX_BYTES") : 65536;
    new ServerBootstrap().group(new NioEventLoopGroup(1)).channel(NioServerSocketChannel.class)
        .childHandler(new ChannelInitializer<SocketChannel>() {
          @Override
          protected void initChannel(SocketChannel channel) {
            channel.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(65536));
            if (Plan.number("MAX_IDLE_S") > 0) {
              channel.pipeline().addLast(new IdleStateHandler((long) (1000 * Plan.number("MAX_IDLE_S")), 0, 0, TimeUnit.MILLISECONDS));
            }
            channel.pipeline().addLast(new WebSocketServerProtocolHandler("/ws", null, true, limit), new Talk());
          }
        }).bind("127.0.0.1", Integer.parseInt(arguments[0])).sync().channel().closeFuture().sync();
  }
}
