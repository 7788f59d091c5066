// Poco: a thread for each connection, its receive timeout as the idle limit.
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/WebSocket.h>
#include <chrono>
#include <thread>
#include "plan.hpp"

using namespace Poco::Net;
struct Handler : HTTPRequestHandler {
  void handleRequest(HTTPServerRequest &request, HTTPServerResponse &response) override {
    WebSocket socket(request, response);
    Counts counts;
    auto since = std::chrono::steady_clock::now();
    auto limit = number("AGE_S") > 0 ? number("AGE_S") : number("IDLE_S");
    std::string buffer(1 << 20, ' ');
    try {
      for (;;) {
        std::chrono::duration<double> passed = std::chrono::steady_clock::now() - since;
        if (limit > 0) socket.setReceiveTimeout(Poco::Timespan(static_cast<long>(1e6 * std::max(0.001, limit - passed.count()))));
        else socket.setReceiveTimeout(Poco::Timespan(1000, 0));
        int flags = 0;
        int size = socket.receiveFrame(buffer.data(), static_cast<int>(buffer.size()), flags);
        int opcode = flags & WebSocket::FRAME_OP_BITMASK;
        if (opcode == WebSocket::FRAME_OP_CLOSE || (size <= 0 && flags == 0)) { socket.shutdown(); return; }
        if (opcode == WebSocket::FRAME_OP_PING) { socket.sendFrame(buffer.data(), size, WebSocket::FRAME_FLAG_FIN | WebSocket::FRAME_OP_PONG); continue; }
        if (opcode == WebSocket::FRAME_OP_PONG) continue;
        if (number("AGE_S") <= 0) since = std::chrono::steady_clock::now();
        std::string message(buffer, 0, static_cast<size_t>(size));
        if (counts.fails(message)) throw Poco::RuntimeException("the handler failed");
        if (counts.is_over(message)) break;
        socket.sendFrame(message.data(), size, WebSocket::FRAME_TEXT);
      }
    } catch (const Poco::TimeoutException &) {
    }
    if (close_code() != 1006) {
      socket.shutdown(static_cast<Poco::UInt16>(close_code()), text("REASON"));
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
};
struct Factory : HTTPRequestHandlerFactory {
  HTTPRequestHandler *createRequestHandler(const HTTPServerRequest &) override { return new Handler; }
};
int main(int, char **argv) {
  ServerSocket socket(SocketAddress("127.0.0.1", static_cast<Poco::UInt16>(std::atoi(argv[1]))));
  HTTPServer server(new Factory, socket, new HTTPServerParams);
  server.start();
  std::this_thread::sleep_for(std::chrono::hours(1));
}
