package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"nhooyr.io/websocket"
)

func main() {
	options := &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + os.Args[2]}}}
	socket, response, err := websocket.Dial(context.Background(), os.Args[1], options)
	if err != nil {
		if response != nil {
			fmt.Println("refused", response.StatusCode, response.Header.Get("Retry-After"))
		}
		return
	}
	fmt.Println("open")
	for {
		_, text, err := socket.Read(context.Background())
		if err != nil {
			fmt.Println("closed", int(websocket.CloseStatus(err)))
			return
		}
		fmt.Println("message", len(text))
	}
}
