package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/gorilla/websocket"
)

func main() {
	header := http.Header{"Authorization": {"Bearer " + os.Args[2]}}
	socket, response, err := websocket.DefaultDialer.Dial(os.Args[1], header)
	if err != nil {
		if response != nil {
			fmt.Println("refused", response.StatusCode, response.Header.Get("Retry-After"))
		}
		return
	}
	fmt.Println("open")
	for {
		_, text, err := socket.ReadMessage()
		if err != nil {
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				fmt.Println("closed", closed.Code)
			} else {
				fmt.Println("failed", err)
			}
			return
		}
		fmt.Println("message", len(text))
	}
}
