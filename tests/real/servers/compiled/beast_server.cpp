// Boost.Beast: its suggested idle timeout and keep-alive pings, a thread for each connection's answers.
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <boost/beast/websocket.hpp>
#include <memory>
#include "plan.hpp"

namespace beast = boost::beast;
namespace asio = boost::asio;
using tcp = asio::ip::tcp;

struct Session : std::enable_shared_from_this<Session> {
  beast::websocket::stream<beast::tcp_stream> socket;
  beast::flat_buffer buffer;
  asio::steady_timer timer;
  Counts counts;
  explicit Session(tcp::socket &&raw) : socket(std::move(raw)), timer(socket.get_executor()) {}

  void start() {
    auto timeout = beast::websocket::stream_base::timeout::suggested(beast::role_type::server);
    if (number("IDLE_S") > 0) timeout.idle_timeout = std::chrono::milliseconds(ms("IDLE_S"));
    timeout.keep_alive_pings = number("PING_S") > 0;
    socket.set_option(timeout);
    if (number("MAX_BYTES") > 0) socket.read_message_max(static_cast<size_t>(number("MAX_BYTES")));
    socket.async_accept([self = shared_from_this()](beast::error_code error) {
      if (error) return;
      if (number("AGE_S") > 0) {
        self->timer.expires_after(std::chrono::milliseconds(ms("AGE_S")));
        self->timer.async_wait([self](beast::error_code late) { if (!late) self->end(); });
      }
      self->read();
    });
  }
  void end() {
    if (close_code() == 1006) { beast::get_lowest_layer(socket).close(); return; }
    beast::websocket::close_reason why;
    why.code = static_cast<uint16_t>(close_code());
    why.reason = text("REASON");
    socket.async_close(why, [self = shared_from_this()](beast::error_code) {});
  }
  void read() {
    socket.async_read(buffer, [self = shared_from_this()](beast::error_code error, size_t) {
      if (error) return;
      std::string message = beast::buffers_to_string(self->buffer.data());
      self->buffer.consume(self->buffer.size());
      if (self->counts.fails(message)) { beast::get_lowest_layer(self->socket).close(); return; }
      if (self->counts.is_over(message)) { self->end(); return; }
      self->socket.text(true);
      auto answer = std::make_shared<std::string>(message);
      self->socket.async_write(asio::buffer(*answer), [self, answer](beast::error_code failed, size_t) { if (!failed) self->read(); });
    });
  }
};

void accept(tcp::acceptor &acceptor) {
  acceptor.async_accept([&acceptor](beast::error_code error, tcp::socket raw) {
    if (!error) std::make_shared<Session>(std::move(raw))->start();
    accept(acceptor);
  });
}
int main(int, char **argv) {
  asio::io_context context{1};
  tcp::acceptor acceptor{context, {asio::ip::make_address("127.0.0.1"), static_cast<uint16_t>(std::atoi(argv[1]))}};
  accept(acceptor);
  context.run();
}
