// Follows a live call: follow URL [join=N] [end=N]
//
// Prints what happens, a line each. `join=6` joins the call after the 6th message of the server's,
// `end=6` ends it. The access token is in LIVECALL_ACCESS_TOKEN. Exits with 0 where the call's end was
// heard, and with 1 where the call could not be followed to it. With `-` for the URL it reads messages
// from standard input, a line each, and says of each what it is.
//
// What it knows of the endpoint is in messages.go, which is made of the AsyncAPI document.
package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand"
	"net/http"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

const (
	giveUpAfter  = 90 * time.Second
	linger       = time.Second
	pingEvery    = 15 * time.Second
	silenceLimit = 25 * time.Second
)

type call struct {
	url      string
	plan     map[int][]func(id string) Message
	heard    int
	hasEnded bool
	pending  map[string]string
}

// follow dials until the call is over, or cannot be followed any more.
func (c *call) follow() int {
	attempt, refreshed, lostAt := 0, false, time.Time{}
	for {
		verdict := "retry"
		// A token is short-lived: it is asked for each time.
		header := http.Header{"Authorization": {"Bearer " + os.Getenv("LIVECALL_ACCESS_TOKEN")}}
		socket, response, err := websocket.DefaultDialer.Dial(c.url, header)
		switch {
		case err == nil:
			fmt.Println("connected")
			attempt, refreshed, lostAt = 0, false, time.Time{}
			if code := c.hear(socket); code != 0 {
				fmt.Println("closed with", code)
				verdict = verdictOfClose(code)
			}
			socket.Close()
		case response != nil:
			fmt.Println("refused with", response.StatusCode)
			verdict = verdictOfStatus(response.StatusCode)
		default:
			fmt.Println("not connected")
		}
		// Whether it was carried out is not known: it is not sent again.
		for id, command := range c.pending {
			fmt.Println("not acknowledged:", command)
			delete(c.pending, id)
		}
		if c.hasEnded {
			return 0
		}
		if verdict == "fatal" || verdict == "refresh-token" && refreshed {
			return 1
		}
		if verdict == "refresh-token" {
			refreshed = true
			continue
		}
		if lostAt.IsZero() {
			lostAt = time.Now()
		}
		if time.Since(lostAt) > giveUpAfter {
			return 1
		}
		wait := 500 * time.Millisecond << attempt
		if wait > 15*time.Second {
			wait = 15 * time.Second
		} else {
			attempt++
		}
		time.Sleep(wait/2 + time.Duration(mathrand.Int63n(int64(wait/2))))
	}
}

func verdictOfStatus(status int) string {
	if verdict, isKnown := VerdictByStatus[status]; isKnown {
		return verdict
	}
	if status == 408 || status == 429 || status >= 500 {
		return "retry"
	}
	return "fatal"
}

func verdictOfClose(code int) string {
	if verdict, isKnown := VerdictByCloseCode[code]; isKnown {
		return verdict
	}
	return "fatal"
}

// hear reads one connection to its end, and gives the code that it was closed with; 0 where the
// call is over and the server leaves the close to the client.
func (c *call) hear(socket *websocket.Conn) int {
	over := make(chan struct{})
	defer close(over)
	go func() {
		ticks := time.NewTicker(pingEvery)
		defer ticks.Stop()
		for {
			select {
			case <-over:
				return
			case <-ticks.C:
				socket.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second))
			}
		}
	}()
	alive := func(string) error { return socket.SetReadDeadline(time.Now().Add(silenceLimit)) }
	socket.SetPongHandler(alive)
	alive("")
	for {
		_, text, err := socket.ReadMessage()
		if err != nil {
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				return closed.Code
			}
			if c.hasEnded {
				return 0
			}
			return websocket.CloseAbnormalClosure
		}
		c.heard++
		if message, err := Decode(text); err != nil {
			// The call goes on.
			fmt.Println("no message of the protocol")
		} else {
			c.tell(message)
		}
		if c.hasEnded {
			// After the call's end a server may leave the close to the client.
			socket.SetReadDeadline(time.Now().Add(linger))
		} else {
			alive("")
		}
		for _, create := range c.plan[c.heard] {
			id := newID()
			command := create(id)
			frame, err := Encode(command)
			if err != nil {
				panic(err)
			}
			c.pending[id] = command.Type()
			// Where it fails the next read says why.
			socket.WriteMessage(websocket.TextMessage, frame)
		}
	}
}

func (c *call) tell(message Message) {
	switch message := message.(type) {
	case CallStart:
		fmt.Println("call started:", message.Phone)
	case Transcript:
		fmt.Println(message.Role + ": " + message.Msg)
	case ScreeningEnd:
		fmt.Println("screening ended:", message.Msg)
	case CallEnd:
		c.hasEnded = true
		fmt.Println("call ended")
	case ErrorMessage:
		fmt.Println("error reported:", message.Description)
	case Ack:
		// One that is late, or of nobody's command, changes nothing.
		if command, isPending := c.pending[message.AckID]; isPending {
			delete(c.pending, message.AckID)
			fmt.Println("acknowledged:", command)
		}
	default:
		fmt.Println("unknown message:", message.Type())
	}
}

// newID is a UUID, version 4.
func newID() string {
	var bytes [16]byte
	if _, err := rand.Read(bytes[:]); err != nil {
		panic(err)
	}
	bytes[6], bytes[8] = bytes[6]&0x0f|0x40, bytes[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", bytes[:4], bytes[4:6], bytes[6:8], bytes[8:10], bytes[10:])
}

func judge() {
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return
		}
		if message, err := Decode(line); err != nil {
			fmt.Println("-")
		} else {
			fmt.Println(reflect.TypeOf(message).Name())
		}
	}
}

func main() {
	if os.Args[1] == "-" {
		judge()
		return
	}
	mathrand.Seed(time.Now().UnixNano())
	plan := map[int][]func(string) Message{}
	for _, step := range os.Args[2:] {
		name, after, _ := strings.Cut(step, "=")
		number, err := strconv.Atoi(after)
		if err != nil {
			panic(err)
		}
		create := func(id string) Message { return JoinCall{ID: id} }
		if name == "end" {
			create = func(id string) Message { return EndCall{ID: id} }
		}
		plan[number] = append(plan[number], create)
	}
	os.Exit((&call{url: os.Args[1], plan: plan, pending: map[string]string{}}).follow())
}
