// websocketpp: pings with its own pong timeout, timers of its transport.
#include <map>
#include <memory>
#include <stdexcept>
#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/server.hpp>
#include "plan.hpp"

using Server = websocketpp::server<websocketpp::config::asio>;
using Handle = websocketpp::connection_hdl;
struct Session { Counts counts; Server::timer_ptr idle; };
std::map<Handle, Session, std::owner_less<Handle>> sessions;
Server server;

void end(Handle handle) {
  websocketpp::lib::error_code error;
  if (close_code() == 1006) server.get_con_from_hdl(handle)->terminate(error);
  else server.close(handle, static_cast<websocketpp::close::status::value>(close_code()), text("REASON"), error);
}
void after(Handle handle, long wait, std::function<void()> call) {
  server.set_timer(wait, [handle, call](const websocketpp::lib::error_code &error) { if (!error && sessions.count(handle)) call(); });
}
void watch(Handle handle) {
  auto &one = sessions[handle];
  if (one.idle) one.idle->cancel();
  one.idle = server.set_timer(ms("IDLE_S"), [handle](const websocketpp::lib::error_code &error) { if (!error) end(handle); });
}
void ping(Handle handle) {
  websocketpp::lib::error_code error;
  server.ping(handle, "are you there", error);
  after(handle, ms("PING_S"), [handle] { ping(handle); });
}
void push(Handle handle) {
  websocketpp::lib::error_code error;
  server.send(handle, "{\"type\":\"news\"}", websocketpp::frame::opcode::text, error);
  after(handle, ms("PUSH_S"), [handle] { push(handle); });
}

int main(int, char **argv) {
  server.clear_access_channels(websocketpp::log::alevel::all);
  server.clear_error_channels(websocketpp::log::elevel::all);
  server.init_asio();
  server.set_reuse_addr(true);
  if (number("MAX_BYTES") > 0) server.set_max_message_size(static_cast<size_t>(number("MAX_BYTES")));
  if (number("PONG_S") > 0) server.set_pong_timeout(ms("PONG_S"));
  server.set_validate_handler([](Handle handle) {
    if (number("REJECT") > 0) server.get_con_from_hdl(handle)->set_status(static_cast<websocketpp::http::status_code::value>(static_cast<int>(number("REJECT"))));
    return number("REJECT") <= 0;
  });
  server.set_open_handler([](Handle handle) {
    sessions[handle];
    if (number("AGE_S") > 0) after(handle, ms("AGE_S"), [handle] { end(handle); });
    if (number("LOGIN_S") > 0) after(handle, ms("LOGIN_S"), [handle] { if (sessions[handle].counts.messages == 0) end(handle); });
    if (number("IDLE_S") > 0) watch(handle);
    if (number("PING_S") > 0) ping(handle);
    if (number("PUSH_S") > 0) push(handle);
  });
  server.set_pong_timeout_handler([](Handle handle, std::string) { end(handle); });
  server.set_message_handler([](Handle handle, Server::message_ptr message) {
    auto &one = sessions[handle];
    if (number("IDLE_S") > 0) watch(handle);
    if (one.counts.fails(message->get_payload())) throw std::runtime_error("the handler failed");
    if (one.counts.is_over(message->get_payload())) { end(handle); return; }
    websocketpp::lib::error_code error;
    server.send(handle, message->get_payload(), message->get_opcode(), error);
  });
  server.set_close_handler([](Handle handle) { sessions.erase(handle); });
  server.set_fail_handler([](Handle handle) { sessions.erase(handle); });
  server.listen(boost::asio::ip::address::from_string("127.0.0.1"), static_cast<uint16_t>(std::atoi(argv[1])));
  server.start_accept();
  for (;;) try { server.run(); return 0; } catch (const std::exception &) {}
}
