package main

import (
	"fmt"
	"net/url"
	"os"

	"golang.org/x/net/websocket"
)

func main() {
	// It does not dial without an origin: the server's own is let in.
	target, err := url.Parse(os.Args[1])
	if err != nil {
		panic(err)
	}
	config, err := websocket.NewConfig(os.Args[1], "http://"+target.Host)
	if err != nil {
		panic(err)
	}
	config.Header.Set("Authorization", "Bearer "+os.Args[2])
	socket, err := websocket.DialConfig(config)
	if err != nil {
		// "bad status", whichever it was.
		fmt.Println("refused", "none")
		return
	}
	fmt.Println("open")
	for {
		var text string
		if err := websocket.Message.Receive(socket, &text); err != nil {
			// io.EOF, whether it was closed or cut.
			fmt.Println("closed", "none")
			return
		}
		fmt.Println("message", len(text))
	}
}
