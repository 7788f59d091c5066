% SWI-Prolog's websocket library: a thread for each connection; what a goal throws ends it as the library has it.
:- use_module(library(http/thread_httpd)).
:- use_module(library(http/http_dispatch)).
:- use_module(library(http/websocket)).
:- http_handler(root(ws), http_upgrade_to_websocket(talk, []), [spawn([])]).
:- initialization(main, main).

text(Name, Value) :- atom_concat('PLAN_', Name, Key), ( getenv(Key, Value) -> true ; Value = '' ).
number(Name, Value) :- text(Name, Text), ( atom_number(Text, Value) -> true ; Value = 0 ).

main :-
    current_prolog_flag(argv, [Port | _]), atom_number(Port, Number),
    set_prolog_flag(verbose, silent), set_stream(user_error, alias(user_error)),
    http_server(http_dispatch, [port('127.0.0.1':Number), workers(8)]),
    thread_get_message(never).

talk(Socket) :-
    get_time(Now),
    text('HELLO', Hello), ( Hello == '' -> true ; ws_send(Socket, text(Hello)) ),
    number('PUSH_S', Push),
    talk(Socket, seen(0, 0, Now, Now, Now), Push).

talk(Socket, Seen, Push) :-
    Seen = seen(Count, Bytes, Opened, Heard, Pushed),
    get_time(Now),
    (   over(Now, Count, Opened, Heard)
    ->  finish(Socket)
    ;   Push > 0, Now - Pushed >= Push
    ->  ws_send(Socket, text('{"type":"news"}')),
        talk(Socket, seen(Count, Bytes, Opened, Heard, Now), Push)
    ;   wait(Socket)
    ->  ws_receive(Socket, Message),
        said(Message, Socket, Seen, Push)
    ;   talk(Socket, Seen, Push)
    ).

wait(Socket) :- wait_for_input([Socket], [_], 0.02).

over(Now, _, Opened, _) :- number('AGE_S', S), S > 0, Now - Opened >= S, !.
over(Now, _, _, Heard) :- number('IDLE_S', S), S > 0, Now - Heard >= S, !.
over(Now, 0, Opened, _) :- number('LOGIN_S', S), S > 0, Now - Opened >= S.

said(Message, _, _, _) :- Message.opcode == close, !.
said(Message, Socket, seen(Count, Bytes, Opened, _, Pushed), Push) :-
    string_length(Message.data, Size),
    Now is Count + 1, Total is Bytes + Size,
    text('CRASH', Crash),
    ( Crash \== '', sub_string(Message.data, _, _, _, Crash) -> throw(the_handler_failed) ; true ),
    number('COUNT', Most), number('BYTES', Quota),
    (   ( Most > 0, Now >= Most ; Quota > 0, Total >= Quota )
    ->  finish(Socket)
    ;   ws_send(Socket, text(Message.data)),
        get_time(Heard),
        talk(Socket, seen(Now, Total, Opened, Heard, Pushed), Push)
    ).

finish(Socket) :-
    number('CODE', Given), ( Given > 0 -> Code = Given ; Code = 1000 ), text('REASON', Reason),
    ( Code =:= 1006 -> true ; ws_close(Socket, Code, Reason) ).
