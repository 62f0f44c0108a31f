// Written by write-types.js from asyncapi.json: npm run schemas
package main

import (
	"bytes"
	"encoding/json"
)

// Path is the endpoint's.
const Path = "/ws/v1/liveCalls"

// VerdictByStatus says what a client does about a handshake that was refused.
var VerdictByStatus = map[int]string{400: "fatal", 401: "refresh-token", 404: "fatal", 500: "retry"}

// VerdictByCloseCode says what a client does about a close.
var VerdictByCloseCode = map[int]string{
	1000: "retry",
	1001: "retry",
	1002: "fatal",
	1003: "fatal",
	1005: "retry",
	1006: "retry",
	1007: "fatal",
	1008: "fatal",
	1009: "fatal",
	1010: "fatal",
	1011: "retry",
	1012: "retry",
	1013: "retry",
	1014: "retry",
	1015: "retry",
}

// Message is whatever either side sends.
type Message interface{ Type() string }

// Ack: Acknowledges the command whose `id` is `ackId`.
type Ack struct {
	// The `id` of the command that the server has taken.
	AckID string `json:"ackId"`
}

// Type is its `type` on the wire.
func (Ack) Type() string { return "ack" }

// CallStart: The call has started: the caller is with the screening assistant.
type CallStart struct {
	// The caller's number, as the server wrote it: published as E.164, which a withheld number cannot be.
	Phone string `json:"phone"`
	// When the call started, published as ISO 8601.
	Timestamp string `json:"timestamp"`
}

// Type is its `type` on the wire.
func (CallStart) Type() string { return "event:start" }

// ScreeningEnd: The screening phase has ended. It is not the end of the call, which is CallEnd.
type ScreeningEnd struct {
	// The server's description of how the screening ended, in words.
	Msg string `json:"msg"`
}

// Type is its `type` on the wire.
func (ScreeningEnd) Type() string { return "event:end" }

// CallEnd: The call has ended.
type CallEnd struct {
	// When the call ended, published as ISO 8601.
	Timestamp string `json:"timestamp"`
}

// Type is its `type` on the wire.
func (CallEnd) Type() string { return "event:callEnd" }

// Transcript: Something was said.
type Transcript struct {
	// What was said.
	Msg string `json:"msg"`
	// Who said it: `assistant` is the screening assistant, `other` the caller, `user` the subscriber.
	Role string `json:"role"`
	// Where in the call it was said; its unit is not published, so it is passed on as it came.
	Offset json.RawMessage `json:"offset"`
}

// Type is its `type` on the wire.
func (Transcript) Type() string { return "transcript" }

// ErrorMessage: The server reports an error; the connection may stay open.
type ErrorMessage struct {
	// The server's own words. They name no command, and may hold anything.
	Description string `json:"description"`
}

// Type is its `type` on the wire.
func (ErrorMessage) Type() string { return "error" }

// JoinCall: Asks the platform to transfer the call to the user.
type JoinCall struct {
	// The client's own; it comes back as the `ackId`.
	ID string `json:"id"`
}

// Type is its `type` on the wire.
func (JoinCall) Type() string { return "client:joinCall" }

// EndCall: Asks the platform to end the call.
type EndCall struct {
	// The client's own; it comes back as the `ackId`.
	ID string `json:"id"`
}

// Type is its `type` on the wire.
func (EndCall) Type() string { return "client:endCall" }

// UnknownMessage: A message of a type that is not published (yet). It is no error: a client passes it on, or over.
type UnknownMessage struct{ Kind string }

// Type is its `type` on the wire.
func (message UnknownMessage) Type() string { return message.Kind }

// NoMessage is what came and is none: the field that does not fit.
type NoMessage string

func (path NoMessage) Error() string { return "no message of the protocol, at " + string(path) }

// Decode reads what the server sends; the error is a NoMessage.
func Decode(text []byte) (Message, error) {
	// A struct would take `ACKID` for `ackId`, null for text and nothing for "": a map does not.
	var fields map[string]json.RawMessage
	if json.Unmarshal(text, &fields) != nil || fields == nil {
		return nil, NoMessage("")
	}
	raw, err := field(fields, "type", true, []string{"string"}, nil)
	if err != nil {
		return nil, err
	}
	var kind string
	if json.Unmarshal(raw, &kind) != nil {
		return nil, NoMessage("type")
	}
	switch kind {
	case "ack":
		return readAck(fields)
	case "event:start":
		return readCallStart(fields)
	case "event:end":
		return readScreeningEnd(fields)
	case "event:callEnd":
		return readCallEnd(fields)
	case "transcript":
		return readTranscript(fields)
	case "error":
		return readErrorMessage(fields)
	default:
		return UnknownMessage{kind}, nil
	}
}

// Encode writes what a client sends.
func Encode(command Message) ([]byte, error) {
	text, err := json.Marshal(command)
	if err != nil {
		return nil, err
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, err
	}
	fields["type"], err = json.Marshal(command.Type())
	if err != nil {
		return nil, err
	}
	return json.Marshal(fields)
}

func readAck(fields map[string]json.RawMessage) (Message, error) {
	message := Ack{}
	if raw, err := field(fields, "ackId", true, []string{"string"}, nil); err != nil {
		return nil, err
	} else if err := json.Unmarshal(raw, &message.AckID); err != nil {
		return nil, NoMessage("ackId")
	}
	return message, nil
}

func readCallStart(fields map[string]json.RawMessage) (Message, error) {
	message := CallStart{}
	if raw, err := field(fields, "phone", true, []string{"string"}, nil); err != nil {
		return nil, err
	} else if err := json.Unmarshal(raw, &message.Phone); err != nil {
		return nil, NoMessage("phone")
	}
	if raw, err := field(fields, "timestamp", true, []string{"string"}, nil); err != nil {
		return nil, err
	} else if err := json.Unmarshal(raw, &message.Timestamp); err != nil {
		return nil, NoMessage("timestamp")
	}
	return message, nil
}

func readScreeningEnd(fields map[string]json.RawMessage) (Message, error) {
	message := ScreeningEnd{}
	if raw, err := field(fields, "msg", true, []string{"string"}, nil); err != nil {
		return nil, err
	} else if err := json.Unmarshal(raw, &message.Msg); err != nil {
		return nil, NoMessage("msg")
	}
	return message, nil
}

func readCallEnd(fields map[string]json.RawMessage) (Message, error) {
	message := CallEnd{}
	if raw, err := field(fields, "timestamp", true, []string{"string"}, nil); err != nil {
		return nil, err
	} else if err := json.Unmarshal(raw, &message.Timestamp); err != nil {
		return nil, NoMessage("timestamp")
	}
	return message, nil
}

func readTranscript(fields map[string]json.RawMessage) (Message, error) {
	message := Transcript{}
	if raw, err := field(fields, "msg", true, []string{"string"}, nil); err != nil {
		return nil, err
	} else if err := json.Unmarshal(raw, &message.Msg); err != nil {
		return nil, NoMessage("msg")
	}
	if raw, err := field(fields, "role", true, []string{"string"}, []string{"assistant", "other", "user"}); err != nil {
		return nil, err
	} else if err := json.Unmarshal(raw, &message.Role); err != nil {
		return nil, NoMessage("role")
	}
	if raw, err := field(fields, "offset", false, []string{"number", "string", "null"}, nil); err != nil {
		return nil, err
	} else {
		message.Offset = raw
	}
	return message, nil
}

func readErrorMessage(fields map[string]json.RawMessage) (Message, error) {
	message := ErrorMessage{}
	if raw, err := field(fields, "description", true, []string{"string"}, nil); err != nil {
		return nil, err
	} else if err := json.Unmarshal(raw, &message.Description); err != nil {
		return nil, NoMessage("description")
	}
	return message, nil
}

// field finds a field of one of these types, and of one of these values where there are some.
func field(fields map[string]json.RawMessage, key string, isRequired bool, types, values []string) (json.RawMessage, error) {
	raw, isThere := fields[key]
	if !isThere {
		if isRequired {
			return nil, NoMessage(key)
		}
		return nil, nil
	}
	raw = bytes.TrimSpace(raw)
	for _, each := range types {
		if each != typeOf(raw) {
			continue
		}
		if values == nil {
			return raw, nil
		}
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return nil, NoMessage(key)
		}
		for _, value := range values {
			if text == value {
				return raw, nil
			}
		}
	}
	return nil, NoMessage(key)
}

// typeOf is JSON Schema's name of a value's type.
func typeOf(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "string"
	case 'n':
		return "null"
	case 't', 'f':
		return "boolean"
	case '[':
		return "array"
	case '{':
		return "object"
	default:
		return "number"
	}
}
