-module(counter).
-export([serve/0, init/2, websocket_init/1, websocket_handle/2, websocket_info/2]).
-record(seen, {count = 0, bytes = 0, heard}).

text(Name) -> case os:getenv("PLAN_" ++ Name) of false -> ""; Value -> Value end.
number(Name) ->
    case text(Name) of
        "" -> 0;
        Value -> try list_to_float(Value) catch _:_ -> try list_to_integer(Value) catch _:_ -> 0 end end
    end.
ms(Name) -> round(1000 * number(Name)).

serve() ->
    {ok, _} = application:ensure_all_started(cowboy),
    logger:set_primary_config(level, none),
    Routes = cowboy_router:compile([{'_', [{"/ws", counter, []}]}]),
    {ok, _} = cowboy:start_clear(desk, [{ip, {127, 0, 0, 1}}, {port, list_to_integer(os:getenv("PORT"))}],
                                 #{env => #{dispatch => Routes}}),
    receive never -> ok end.

init(Request, _) ->
    Size = case ms("MAX_BYTES") of 0 -> infinity; _ -> round(number("MAX_BYTES")) end,
    Idle = case ms("MAX_IDLE_S") of 0 -> infinity; Ms -> Ms end,
    {cowboy_websocket, Request, #seen{heard = now_ms()}, #{idle_timeout => Idle, max_frame_size => Size}}.

now_ms() -> erlang:monotonic_time(millisecond).

websocket_init(Seen) ->
    [erlang:send_after(ms("AGE_S"), self(), finish) || number("AGE_S") > 0],
    [erlang:send_after(ms("IDLE_S"), self(), idle) || number("IDLE_S") > 0],
    [erlang:send_after(ms("LOGIN_S"), self(), login) || number("LOGIN_S") > 0],
    [erlang:send_after(ms("PUSH_S"), self(), push) || number("PUSH_S") > 0],
    {[{text, list_to_binary(text("HELLO"))} || text("HELLO") =/= ""], Seen}.

websocket_handle({Kind, Said}, Seen) when Kind =:= text; Kind =:= binary ->
    Now = Seen#seen{count = Seen#seen.count + 1, bytes = Seen#seen.bytes + byte_size(Said), heard = now_ms()},
    Fails = text("CRASH") =/= "" andalso binary:match(Said, list_to_binary(text("CRASH"))) =/= nomatch,
    [error(the_handler_failed) || Fails],
    IsOver = (number("COUNT") > 0 andalso Now#seen.count >= number("COUNT"))
        orelse (number("BYTES") > 0 andalso Now#seen.bytes >= number("BYTES")),
    case IsOver of
        true -> over(Now);
        false -> {[{text, Said}], Now}
    end;
websocket_handle(_, Seen) -> {[], Seen}.

websocket_info(finish, Seen) -> over(Seen);
websocket_info(login, #seen{count = 0} = Seen) -> over(Seen);
websocket_info(idle, Seen) ->
    case Seen#seen.heard + ms("IDLE_S") - now_ms() of
        Left when Left =< 0 -> over(Seen);
        Left -> erlang:send_after(Left, self(), idle), {[], Seen}
    end;
websocket_info(push, Seen) ->
    erlang:send_after(ms("PUSH_S"), self(), push),
    {[{text, <<"{\"type\":\"news\"}">>}], Seen};
websocket_info(_, Seen) -> {[], Seen}.

over(Seen) ->
    case round(number("CODE")) of
        1006 -> exit(normal);
        1005 -> {[close], Seen};
        0 -> {[close], Seen};
        Code -> {[{close, Code, list_to_binary(text("REASON"))}], Seen}
    end.
