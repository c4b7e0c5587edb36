package operator

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/services/sandbox/chat"
)

const maxBody = 1 << 20

// call is the body of POST /messages.
type call struct {
	ID      string                `json:"id"`
	To      string                `json:"to"`
	Part    int                   `json:"part"`
	Message customchannel.Message `json:"message"`
}

// refusal is the body of an answer of 400 and above.
type refusal struct {
	Error struct {
		Code    string `json:"code"`
		Scope   string `json:"scope,omitempty"`
		Message string `json:"message"`
	} `json:"error"`
}

func refuse(w http.ResponseWriter, status int, code, scope, message string) {
	var body refusal
	body.Error.Code, body.Error.Scope, body.Error.Message = code, scope, message
	answer(w, status, body)
}

func answer(w http.ResponseWriter, status int, body any) {
	data, _ := json.Marshal(body)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

// ServeHTTP is the vendor's API.
func (o *Operator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sent := sha256.Sum256([]byte(r.Header.Get("Authorization")))
	want := sha256.Sum256([]byte("Bearer " + o.cfg.Secret.Reveal()))
	if o.cfg.Secret.Reveal() == "" || subtle.ConstantTimeCompare(sent[:], want[:]) != 1 {
		refuse(w, http.StatusUnauthorized, "unauthorized", "", "the secret is missing or wrong")
		return
	}
	o.mux.ServeHTTP(w, r)
}

func (o *Operator) serveAccount(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, o.Switches())
}

func (o *Operator) serveMessage(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			refuse(w, http.StatusRequestEntityTooLarge, "too_large", "", "the body is larger than 1 MB")
		}
		return // otherwise the caller is gone
	}
	var c call
	if err := json.Unmarshal(body, &c); err != nil || c.ID == "" || c.Part < 0 || len(r.Header.Get("Idempotency-Key")) > 100 {
		refuse(w, http.StatusBadRequest, "invalid", "", "the body or the idempotency key is not as documented")
		return
	}
	message, err := check(c.To, c.Message)
	if err != nil {
		refuse(w, http.StatusBadRequest, "invalid", "", err.Error())
		return
	}

	o.mu.Lock()
	delay, fault := o.faults.strike(c.To)
	o.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-r.Context().Done(): // a caller that gave up may still be served: networks do not notice
		}
	}
	switch fault.Kind {
	case TooMany:
		scope := "contact"
		if fault.Account {
			scope = "account"
		}
		w.Header().Set("Retry-After", strconv.FormatFloat(fault.after().Seconds(), 'f', -1, 64))
		refuse(w, http.StatusTooManyRequests, "too_many", scope, "too many messages")
	case Broken:
		status := http.StatusServiceUnavailable
		if fault.Status != 0 {
			status = fault.Status
		}
		refuse(w, status, "broken", "", "out of order")
	case Locked:
		refuse(w, http.StatusUnauthorized, "unauthorized", "", "the secret was withdrawn")
	case Refused:
		refuse(w, http.StatusUnprocessableEntity, "unreachable", "", "this contact cannot be reached")
	case LostBefore:
		drop(w)
	case LostAfter:
		o.accept(r.Header.Get("Idempotency-Key"), c, message, fault)
		drop(w)
	default:
		id, status := o.accept(r.Header.Get("Idempotency-Key"), c, message, fault)
		switch status {
		case http.StatusOK:
			answer(w, status, map[string]string{"id": id})
		case http.StatusConflict:
			refuse(w, status, "key_reused", "", "the idempotency key belongs to another message")
		default:
			refuse(w, status, "full", "", "too much waits for the webhook")
		}
	}
}

// accept takes a message: it is recorded, shown on the phone, and its receipts are on their way. A repeat with a known
// key is answered with the id of the first.
func (o *Operator) accept(key string, c call, message json.RawMessage, fault Fault) (id string, status int) {
	content := sha256.Sum256(bytes.Join([][]byte{[]byte(c.ID), []byte(c.To), []byte(strconv.Itoa(c.Part)), message}, []byte{0}))
	o.mu.Lock()
	defer o.mu.Unlock()
	before := o.record.find(key)
	if before != nil && o.switches.Idempotency {
		if before.content != content {
			return "", http.StatusConflict
		}
		before.Repeats++
		return before.ID, http.StatusOK
	}
	if !o.lanes.room(2) {
		return "", http.StatusServiceUnavailable
	}
	now := time.Now()
	a := Accepted{At: now, ID: o.nextID(), Key: key, Contact: c.To, MessageID: c.ID, Part: c.Part, content: content}
	o.record.add(a)
	e := chat.Entry{
		Direction: chat.In, Time: now.UnixMilli(), MID: c.ID, ID: a.ID, Status: chat.Delivered, Message: message,
		Key: key,
	}
	if before != nil {
		e.Warn("doubled")
	}
	arrival := now.Add(max(o.cfg.Delay, 0))
	o.receipt(c.To, e, chat.Sent, "", now)
	if fault.Kind == Undelivered { // it never gets to the phone
		o.receipt(c.To, e, chat.Failed, "the phone is switched off", arrival)
		return a.ID, http.StatusOK
	}
	o.phones.Add(c.To, e)
	o.receipt(c.To, e, chat.Delivered, "", arrival)
	return a.ID, http.StatusOK
}

// drop ends the connection without an answer.
func drop(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
		return
	}
	panic(http.ErrAbortHandler) // HTTP/2, or a wrapper in between: net/http resets the stream
}
