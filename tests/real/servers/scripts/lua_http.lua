-- lua-http on cqueues: a receive timeout is its idle limit.
local http_server = require "http.server"
local http_headers = require "http.headers"
local websocket = require "http.websocket"

local function text(name) return os.getenv("PLAN_" .. name) or "" end
local function number(name) return tonumber(text(name)) or 0 end
local code = number("CODE") > 0 and number("CODE") or 1000

local server = assert(http_server.listen {
  host = "127.0.0.1", port = tonumber(arg[1]), tls = false,
  onerror = function() end,
  onstream = function(_, stream)
    local headers = stream:get_headers()
    local socket = websocket.new_from_stream(stream, headers)
    if not socket then
      local answer = http_headers.new()
      answer:append(":status", "404")
      stream:write_headers(answer, true)
      return
    end
    socket:accept()
    local cqueues = require "cqueues"
    local opened, count, bytes = cqueues.monotime(), 0, 0
    while true do
      local wait = number("IDLE_S") > 0 and number("IDLE_S") or nil
      if number("AGE_S") > 0 then wait = math.max(0, opened + number("AGE_S") - cqueues.monotime()) end
      local message = socket:receive(wait)
      if not message then break end
      count, bytes = count + 1, bytes + #message
      if text("CRASH") ~= "" and message:find(text("CRASH"), 1, true) then error("the handler failed") end
      if (number("COUNT") > 0 and count >= number("COUNT")) or (number("BYTES") > 0 and bytes >= number("BYTES")) then break end
      socket:send(message)
    end
    if code == 1006 then stream.connection:close() else socket:close(code, text("REASON"), 1) end
  end,
})
assert(server:listen())
assert(server:loop())
