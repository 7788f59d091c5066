# em-websocket: a block that raises ends the connection as the library does.
require "em-websocket"

def number(name) = ENV["PLAN_#{name}"].to_f
CODE = number("CODE") > 0 ? number("CODE").to_i : 1000

def finish(socket)
  if CODE == 1006 then socket.close_connection
  elsif CODE == 1005 then socket.close
  else socket.close(CODE, ENV["PLAN_REASON"].to_s)
  end
end

EM.run do
  EM::WebSocket.run(host: "127.0.0.1", port: ARGV[0].to_i) do |socket|
    count = bytes = 0
    timers = []
    idle = nil
    watch = lambda do
      EM.cancel_timer(idle) if idle
      idle = EM.add_timer(number("IDLE_S")) { finish(socket) }
    end
    socket.onopen do
      watch.call if number("IDLE_S") > 0
      timers << EM.add_timer(number("AGE_S")) { finish(socket) } if number("AGE_S") > 0
      timers << EM.add_timer(number("LOGIN_S")) { finish(socket) if count == 0 } if number("LOGIN_S") > 0
      timers << EM.add_periodic_timer(number("PUSH_S")) { socket.send('{"type":"news"}') } if number("PUSH_S") > 0
      socket.send(ENV["PLAN_HELLO"]) if ENV["PLAN_HELLO"]
    end
    socket.onmessage do |text|
      watch.call if number("IDLE_S") > 0
      count += 1
      bytes += text.bytesize
      raise "the handler failed" if ENV["PLAN_CRASH"] && text.include?(ENV["PLAN_CRASH"])
      if (number("COUNT") > 0 && count >= number("COUNT")) || (number("BYTES") > 0 && bytes >= number("BYTES"))
        finish(socket)
      else
        socket.send(text)
      end
    end
    socket.onclose { [*timers, idle].compact.each { |one| EM.cancel_timer(one) } }
    socket.onerror { |_| nil }
  end
end
