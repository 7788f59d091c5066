local websocket = require "nginx.websocket.server"
local function text(name) return os.getenv("PLAN_" .. name) or "" end
local function number(name) return tonumber(text(name)) or 0 end
local code = number("CODE") > 0 and number("CODE") or 1000

local most = number("MAX_BYTES") > 0 and number("MAX_BYTES") or 65535
local socket, problem = websocket:new { timeout = 600000, max_payload_len = most }
if not socket then return ngx.exit(400) end
local function now() ngx.update_time() return ngx.now() end
local opened, heard, pushed, count, bytes = now(), now(), now(), 0, 0
if text("HELLO") ~= "" then socket:send_text(text("HELLO")) end

local function due()
  local at = math.huge
  if number("IDLE_S") > 0 then at = math.min(at, heard + number("IDLE_S")) end
  if number("AGE_S") > 0 then at = math.min(at, opened + number("AGE_S")) end
  if number("LOGIN_S") > 0 and count == 0 then at = math.min(at, opened + number("LOGIN_S")) end
  return at
end

while true do
  local wait = due()
  if number("PUSH_S") > 0 then wait = math.min(wait, pushed + number("PUSH_S")) end
  socket:set_timeout(math.max(1, math.min(600, wait - now()) * 1000))
  local said, kind, problem = socket:recv_frame()
  if kind == "ping" then socket:send_pong(said)
  elseif kind == "close" then socket:send_close(1000) return
  elseif kind == "text" or kind == "binary" then
    heard, count, bytes = now(), count + 1, bytes + #said
    if text("CRASH") ~= "" and said:find(text("CRASH"), 1, true) then error("the handler failed") end
    if (number("COUNT") > 0 and count >= number("COUNT")) or (number("BYTES") > 0 and bytes >= number("BYTES")) then break end
    socket:send_text(said)
  elseif not said and not (problem or ""):find("timeout", 1, true) and socket.fatal then return ngx.exit(444)
  end
  if now() >= due() then break end
  if number("PUSH_S") > 0 and now() >= pushed + number("PUSH_S") then pushed = now() socket:send_text('{"type":"news"}') end
end
if code == 1006 then return ngx.exit(444) end
if code == 1005 then socket:send_close() else socket:send_close(code, text("REASON")) end
ngx.sleep(0.05)
