-module(desk).
-export([out/1, init/1, handle_open/2, handle_message/2, handle_info/2, terminate/2]).
-record(seen, {count = 0, bytes = 0, heard}).

text(Name) -> case os:getenv("PLAN_" ++ Name) of false -> ""; Value -> Value end.
number(Name) ->
    case text(Name) of
        "" -> 0;
        Value -> try list_to_float(Value) catch _:_ -> try list_to_integer(Value) catch _:_ -> 0 end end
    end.
ms(Name) -> round(1000 * number(Name)).

out(_) -> {websocket, ?MODULE, options()}.

options() ->
    case ms("PING_S") of
        0 -> [];
        Every -> [{keepalive, true}, {keepalive_timeout, Every}, {keepalive_grace_period, ms("PONG_S")}, {drop_on_timeout, true}]
    end.

init(_) -> {ok, #seen{heard = erlang:monotonic_time(millisecond)}}.

handle_open(State, Seen) ->
    [yaws_api:websocket_send(State, {text, list_to_binary(text("HELLO"))}) || text("HELLO") =/= ""],
    [erlang:send_after(ms("AGE_S"), self(), finish) || number("AGE_S") > 0],
    [erlang:send_after(ms("IDLE_S"), self(), idle) || number("IDLE_S") > 0],
    [erlang:send_after(ms("LOGIN_S"), self(), login) || number("LOGIN_S") > 0],
    [erlang:send_after(ms("PUSH_S"), self(), push) || number("PUSH_S") > 0],
    {ok, Seen}.

handle_message({Kind, Said}, Seen) when Kind =:= text; Kind =:= binary ->
    Now = Seen#seen{count = Seen#seen.count + 1, bytes = Seen#seen.bytes + byte_size(Said),
                    heard = erlang:monotonic_time(millisecond)},
    Fails = text("CRASH") =/= "" andalso string:find(binary_to_list(Said), text("CRASH")) =/= nomatch,
    [error(the_handler_failed) || Fails],
    IsOver = (number("COUNT") > 0 andalso Now#seen.count >= number("COUNT"))
        orelse (number("BYTES") > 0 andalso Now#seen.bytes >= number("BYTES")),
    case IsOver of
        true -> over();
        false -> {reply, {text, Said}, Now}
    end;
handle_message({close, Code, _}, _) -> {close, Code};
handle_message(_, Seen) -> {noreply, Seen}.

handle_info(finish, _) -> over();
handle_info(login, #seen{count = 0}) -> over();
handle_info(idle, Seen) ->
    case Seen#seen.heard + ms("IDLE_S") - erlang:monotonic_time(millisecond) of
        Left when Left =< 0 -> over();
        Left -> erlang:send_after(Left, self(), idle), {noreply, Seen}
    end;
handle_info(push, Seen) ->
    erlang:send_after(ms("PUSH_S"), self(), push),
    {reply, {text, <<"{\"type\":\"news\"}">>}, Seen};
handle_info(_, Seen) -> {noreply, Seen}.

over() ->
    case round(number("CODE")) of
        1006 -> exit(normal);
        0 -> {close, 1000};
        Code -> {close, {Code, list_to_binary(text("REASON"))}}
    end.

terminate(_, _) -> ok.
