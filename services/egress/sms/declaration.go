package sms

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Declaration says how one provider is spoken with.
type Declaration struct {
	// Doc is the provider's page about its API, Tried what of this was seen to work with the provider itself.
	Doc   string `json:"doc"`
	Tried string `json:"tried"`
	// Address says what the account's api is where the provider gives each customer an address of its own; "" where Send
	// has it.
	Address string `json:"address,omitempty"`
	// From says that a message needs a sender.
	From bool `json:"from_required,omitempty"`

	Send     Send     `json:"send"`
	Incoming Incoming `json:"incoming"`
}

// Send is how a message is sent. Texts are templates.
type Send struct {
	Method  string            `json:"method,omitempty"` // default POST
	URL     string            `json:"url"`
	Basic   *Basic            `json:"basic,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	// Form or JSON is the body. JSON is any value; each text in it is a template.
	Form map[string]string `json:"form,omitempty"`
	JSON json.RawMessage   `json:"json,omitempty"`
	// Encoding is what {encoding} stands for.
	Encoding *Encoding `json:"encoding,omitempty"`
	// Success is when the provider has taken a message; by default when the status is 2xx.
	Success Success `json:"success,omitzero"`
	// ID is where the answer has the provider's id of the message. A success without it is none.
	ID Places `json:"id,omitempty"`
	// Code is where the answer has the code by which the lists below know it, Words where it says why, for people.
	Code  Places `json:"code,omitempty"`
	Words Places `json:"words,omitempty"`
	// Final, Retry, Wait and Suspend are the codes of a message that is refused for good, of one to be tried again, of a
	// provider that asks to wait, and of an account that is no good. "http:403" is a status of HTTP.
	Final   Values `json:"final,omitempty"`
	Retry   Values `json:"retry,omitempty"`
	Wait    Values `json:"wait,omitempty"`
	Suspend Values `json:"suspend,omitempty"`
}

// Basic is HTTP's basic authentication.
type Basic struct {
	User     string `json:"user"`
	Password string `json:"password"`
}

// Encoding is what a text is called that the GSM alphabet holds, and one that it does not.
type Encoding struct {
	GSM7    string `json:"gsm7"`
	Unicode string `json:"unicode"`
}

// Success is when a message is taken: all of it holds.
type Success struct {
	// Statuses are of HTTP; none stands for 2xx.
	Statuses []int            `json:"statuses,omitempty"`
	Where    map[Place]Values `json:"where,omitempty"`
}

// Incoming is how the provider's calls read.
type Incoming struct {
	// Each is where a call has a list of messages or receipts: places of JSON are then within an element.
	Each Place `json:"each,omitzero"`
	// Digits says that numbers come without their plus.
	Digits  bool     `json:"digits,omitempty"`
	Message *Message `json:"message,omitempty"`
	Receipt *Receipt `json:"receipt,omitempty"`
}

// Message is how a text from a contact reads.
type Message struct {
	// When tells it from other calls; without it, that there is somebody whom it is from.
	When map[Place]Values `json:"when,omitempty"`
	ID   Places           `json:"id"`
	From Places           `json:"from"`
	To   Places           `json:"to,omitempty"`
	Text Places           `json:"text"`
}

// Receipt is how the word on a message that was sent reads.
type Receipt struct {
	// When tells it from other calls; without it, that there is a status.
	When   map[Place]Values `json:"when,omitempty"`
	ID     Places           `json:"id"`
	Status Places           `json:"status"`
	// Code is where it says why a message failed.
	Code Places `json:"code,omitempty"`
	// Sent, Delivered, Read and Failed are the statuses that mean it. Any other is ignored.
	Sent      Values `json:"sent,omitempty"`
	Delivered Values `json:"delivered,omitempty"`
	Read      Values `json:"read,omitempty"`
	Failed    Values `json:"failed,omitempty"`
}

// Values are words or numbers, as they are read; case matters.
type Values []string

func (v Values) has(text string) bool { return slices.Contains(v, text) }

// UnmarshalJSON implements [json.Unmarshaler]: a value may be written as a number, and one alone without a list.
func (v *Values) UnmarshalJSON(data []byte) error {
	list, ok := decoded(data).([]any)
	if !ok {
		list = []any{decoded(data)}
	}
	*v = nil
	for _, one := range list {
		text := scalar(one)
		if text == "" {
			return errors.New("must be words or numbers")
		}
		*v = append(*v, text)
	}
	return nil
}

// strict reads a part of a declaration. What it does not know is a mistake. No error holds a value.
func strict(field string, data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		return nil
	}
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s: must be %s", strings.Trim(field+"."+t.Field, "."), kindOf(t.Type.Kind().String()))
	}
	if strings.Contains(err.Error(), "unknown field") {
		return fmt.Errorf("%s: holds a field that there is not", field)
	}
	if errors.Is(err, errPlace) || strings.Contains(err.Error(), errPlace.Error()) {
		return fmt.Errorf("%s: %w", field, errPlace)
	}
	return fmt.Errorf("%s: cannot be read", field)
}

func kindOf(kind string) string {
	switch kind {
	case "struct", "map":
		return "an object"
	case "slice":
		return "a list"
	case "string":
		return "a text"
	case "bool":
		return "true or false"
	default:
		return "a number"
	}
}

// check joins what is wrong with how calls read.
func (in Incoming) check() error {
	var errs []error
	need := func(field string, places Places) {
		if len(places) == 0 {
			errs = append(errs, fmt.Errorf("incoming.%s: is required", field))
		}
	}
	if in.Each != (Place{}) && in.Each.kind != "json" {
		errs = append(errs, errors.New("incoming.each: must be a place of JSON"))
	}
	if m := in.Message; m != nil {
		need("message.id", m.ID)
		need("message.from", m.From)
		need("message.text", m.Text)
	}
	if r := in.Receipt; r != nil {
		need("receipt.id", r.ID)
		need("receipt.status", r.Status)
		seen := map[string]bool{}
		for _, word := range slices.Concat(r.Sent, r.Delivered, r.Read, r.Failed) {
			if seen[word] {
				errs = append(errs, errors.New("incoming.receipt: a status means two things"))
			}
			seen[word] = true
		}
	}
	return errors.Join(errs...)
}

// check joins what is wrong with what answers mean.
func (s Send) check() error {
	var errs []error
	seen := map[string]bool{}
	for _, code := range slices.Concat(s.Final, s.Retry, s.Wait, s.Suspend) {
		if seen[code] {
			errs = append(errs, errors.New("send: a code stands in two lists"))
		}
		seen[code] = true
	}
	for _, status := range s.Success.Statuses {
		if status < 200 || status > 599 {
			errs = append(errs, errors.New("send.success.statuses: must be statuses of HTTP, 200 to 599"))
		}
	}
	return errors.Join(errs...)
}
