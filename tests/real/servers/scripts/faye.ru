# faye-websocket on puma, with its own pings.
require "faye/websocket"
require "eventmachine"

def number(name) = ENV["PLAN_#{name}"].to_f
CODE = number("CODE") > 0 ? number("CODE").to_i : 1000

run lambda { |env|
  return [404, { "content-type" => "text/plain" }, ["no page here"]] unless Faye::WebSocket.websocket?(env)
  socket = Faye::WebSocket.new(env, nil, number("PING_S") > 0 ? { ping: number("PING_S") } : {})
  count = 0
  idle = nil
  watch = lambda do
    EM.cancel_timer(idle) if idle
    idle = EM.add_timer(number("IDLE_S")) { socket.close(CODE, ENV["PLAN_REASON"].to_s) }
  end
  socket.on(:open) do
    watch.call if number("IDLE_S") > 0
    EM.add_timer(number("AGE_S")) { socket.close(CODE, ENV["PLAN_REASON"].to_s) } if number("AGE_S") > 0
  end
  socket.on(:message) do |event|
    watch.call if number("IDLE_S") > 0
    count += 1
    raise "the handler failed" if ENV["PLAN_CRASH"] && event.data.include?(ENV["PLAN_CRASH"])
    number("COUNT") > 0 && count >= number("COUNT") ? socket.close(CODE, ENV["PLAN_REASON"].to_s) : socket.send(event.data)
  end
  socket.rack_response
}
