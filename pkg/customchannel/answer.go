package customchannel

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Answer is the body that POST /message is answered with: an mId on success, else
// a refusal.
type Answer struct {
	MID     string   `json:"mId,omitempty"` // 1 to MaxMID; later receipts name it
	Refusal *Refusal `json:"error,omitempty"`
}

// Refusal is why a message was not taken. As an error it says the status only:
// the message is another program's text and may hold anything.
type Refusal struct {
	Status  int    `json:"-"`       // the HTTP status, 4xx or 5xx
	Message string `json:"message"` // for the agent, who sees it as it is
}

func (e *Refusal) Error() string { return fmt.Sprintf("refused with status %d", e.Status) }

// EncodeAccepted returns the body for status 200, or Problems where the mId is
// empty or too long.
func EncodeAccepted(mID string) ([]byte, error) {
	var r report
	r.text("mId", mID, true, MaxMID)
	if err := r.err(); err != nil {
		return nil, err
	}
	return marshal(Answer{MID: mID})
}

// EncodeRefusal returns the body for a 4xx or 5xx status. The message is one that
// an agent can act on, such as the text of Problems; where there is none, the
// body says "refused".
func EncodeRefusal(message string) []byte {
	message = strings.ToValidUTF8(message, "\ufffd")
	if message == "" {
		message = "refused"
	}
	// A struct of strings always encodes.
	body, _ := marshal(Answer{Refusal: &Refusal{Message: message}})
	return body
}

// DecodeAnswer judges an answer. A taken message gives its mId; one that was
// refused properly gives a *Refusal; an answer that breaks the contract gives
// Problems, whatever its status.
func DecodeAnswer(status int, body []byte) (mID string, err error) {
	var r report
	if status != http.StatusOK && (status < 400 || status > 599) {
		r.add("status", RuleEnum, limitHTTPStatus, strconv.Itoa(status))
		return "", r.err()
	}
	o, ok := readBody(body, &r)
	if !ok {
		return "", r.err()
	}
	if status == http.StatusOK {
		mID = o.text("mId")
		r.text("mId", mID, true, MaxMID)
		if err := r.err(); err != nil {
			return "", err
		}
		return mID, nil
	}
	var message string
	if e, ok := o.object("error"); ok {
		message = e.text("message")
		r.unbounded("error.message", message, true)
	}
	if _, ok := o.fields["error"]; !ok {
		r.add("error", RuleRequired, "an object with message", "")
	}
	if err := r.err(); err != nil {
		return "", err
	}
	return "", &Refusal{Status: status, Message: message}
}
