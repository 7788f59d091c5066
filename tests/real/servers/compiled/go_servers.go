// gorilla, nhooyr or x/net, by PLAN_SERVER: what Go programs do with a connection. Settings come as PLAN_*.
package main

import (
	"context"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	xnet "golang.org/x/net/websocket"
	nhooyr "nhooyr.io/websocket"
)

func text(name string) string { return os.Getenv("PLAN_" + name) }
func number(name string) float64 {
	value, _ := strconv.ParseFloat(text(name), 64)
	return value
}
func seconds(name string) time.Duration { return time.Duration(number(name) * float64(time.Second)) }

type peer struct {
	send  func(string)
	end   func()
	timer *time.Timer
	count int
	bytes int
	once  sync.Once
	spoke bool
}

var latest struct {
	sync.Mutex
	one *peer
}

func (p *peer) stop() { p.once.Do(p.end) }

func (p *peer) opened() {
	if text("REPLACE") != "" {
		latest.Lock()
		if latest.one != nil {
			latest.one.stop()
		}
		latest.one = p
		latest.Unlock()
	}
	if text("HELLO") != "" {
		p.send(text("HELLO"))
	}
	if limit := seconds("AGE_S"); limit > 0 {
		time.AfterFunc(limit, p.stop)
	}
	if limit := seconds("IDLE_S"); limit > 0 {
		p.timer = time.AfterFunc(limit, p.stop)
	}
	if limit := seconds("LOGIN_S"); limit > 0 {
		time.AfterFunc(limit, func() {
			if !p.spoke {
				p.stop()
			}
		})
	}
	if every := seconds("PUSH_S"); every > 0 {
		go func() {
			for range time.Tick(every) {
				p.send(`{"type":"news"}`)
			}
		}()
	}
}

func (p *peer) received(message string) {
	p.spoke = true
	p.count++
	p.bytes += len(message)
	if p.timer != nil {
		p.timer.Reset(seconds("IDLE_S"))
	}
	if word := text("CRASH"); word != "" && strings.Contains(message, word) {
		panic("the handler failed")
	}
	if n := int(number("COUNT")); n > 0 && p.count >= n {
		p.stop()
	} else if n := int(number("BYTES")); n > 0 && p.bytes >= n {
		p.stop()
	} else {
		p.send(message)
	}
}

func code() int {
	if value := int(number("CODE")); value != 0 {
		return value
	}
	return 1000
}

func gorilla(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return text("REJECT") == "" }}
	socket, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer socket.Close()
	var writing sync.Mutex
	one := &peer{}
	one.send = func(message string) {
		writing.Lock()
		defer writing.Unlock()
		socket.WriteMessage(websocket.TextMessage, []byte(message))
	}
	one.end = func() {
		if code() != 1006 {
			body := websocket.FormatCloseMessage(code(), text("REASON"))
			socket.WriteControl(websocket.CloseMessage, body, time.Now().Add(time.Second))
		}
		time.AfterFunc(50*time.Millisecond, func() { socket.Close() })
	}
	if n := int64(number("MAX_BYTES")); n > 0 {
		socket.SetReadLimit(n)
	}
	// The chat example of gorilla: a read deadline that pongs extend. "deaf": somebody forgot the pong handler.
	if wait := seconds("PONG_S"); wait > 0 {
		socket.SetReadDeadline(time.Now().Add(wait))
		if text("DEAF") == "" {
			socket.SetPongHandler(func(string) error { return socket.SetReadDeadline(time.Now().Add(wait)) })
		}
		go func() {
			for range time.Tick(seconds("PING_S")) {
				if socket.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second)) != nil {
					return
				}
			}
		}()
	}
	one.opened()
	for {
		_, message, err := socket.ReadMessage()
		if err != nil {
			return
		}
		if wait := seconds("PONG_S"); wait > 0 && text("DEAF") != "" && text("RESET") != "" {
			socket.SetReadDeadline(time.Now().Add(wait))
		}
		one.received(string(message))
	}
}

func coder(w http.ResponseWriter, r *http.Request) {
	socket, err := nhooyr.Accept(w, r, &nhooyr.AcceptOptions{InsecureSkipVerify: text("REJECT") == ""})
	if err != nil {
		return
	}
	defer socket.Close(nhooyr.StatusInternalError, "the sky is falling")
	if n := int64(number("MAX_BYTES")); n > 0 {
		socket.SetReadLimit(n)
	}
	ctx := context.Background()
	one := &peer{}
	one.send = func(message string) { socket.Write(ctx, nhooyr.MessageText, []byte(message)) }
	one.end = func() { go socket.Close(nhooyr.StatusCode(code()), text("REASON")) }
	one.opened()
	for {
		reading, cancel := ctx, context.CancelFunc(func() {})
		if wait := seconds("PONG_S"); wait > 0 { // its readme: a context with a timeout for each read
			reading, cancel = context.WithTimeout(ctx, wait)
		}
		_, message, err := socket.Read(reading)
		cancel()
		if err != nil {
			return
		}
		one.received(string(message))
	}
}

func standard(socket *xnet.Conn) {
	one := &peer{send: func(message string) { xnet.Message.Send(socket, message) }}
	one.end = func() { socket.Close() }
	one.opened()
	for {
		if wait := seconds("PONG_S"); wait > 0 {
			socket.SetReadDeadline(time.Now().Add(wait))
		}
		var message string
		if xnet.Message.Receive(socket, &message) != nil {
			return
		}
		one.received(message)
	}
}

func main() {
	handlers := map[string]http.Handler{
		"gorilla": http.HandlerFunc(gorilla),
		"nhooyr":  http.HandlerFunc(coder),
		"x-net":   xnet.Server{Handler: standard},
	}
	http.ListenAndServe("127.0.0.1:"+os.Args[1], handlers[text("SERVER")])
}
