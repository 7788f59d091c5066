// Centrifuge, the library under Centrifugo: its protocol wants a connect command, tokens expire, codes are its own.
package main

import (
	"context"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/centrifugal/centrifuge"
)

func number(name string) float64 {
	value, _ := strconv.ParseFloat(os.Getenv("PLAN_"+name), 64)
	return value
}
func seconds(name string) time.Duration { return time.Duration(number(name) * float64(time.Second)) }

func main() {
	config := centrifuge.DefaultConfig
	if number("LOGIN_S") > 0 {
		config.ClientStaleCloseDelay = seconds("LOGIN_S")
	}
	config.UserConnectionLimit = int(number("FULL"))
	config.ClientExpiredCloseDelay = 100 * time.Millisecond
	node, err := centrifuge.New(config)
	if err != nil {
		panic(err)
	}
	node.OnConnecting(func(_ context.Context, event centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
		if os.Getenv("PLAN_TOKEN") != "" && event.Token != os.Getenv("PLAN_TOKEN") {
			return centrifuge.ConnectReply{}, centrifuge.DisconnectInvalidToken
		}
		credentials := &centrifuge.Credentials{UserID: "desk"}
		if number("AGE_S") > 0 {
			credentials.ExpireAt = time.Now().Add(seconds("AGE_S")).Unix()
		}
		return centrifuge.ConnectReply{Credentials: credentials}, nil
	})
	if err := node.Run(); err != nil {
		panic(err)
	}
	ping := 25 * time.Second
	if number("PING_S") > 0 {
		ping = seconds("PING_S")
	}
	http.Handle("/ws", centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{
		PingInterval: ping, MessageSizeLimit: int(number("MAX_BYTES")),
	}))
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
