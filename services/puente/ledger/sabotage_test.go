package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/services/puente/ledger/history"
	"github.com/bonychat/puente/services/puente/ledger/vendors"
)

// The contacts whose traffic is spoilt, each in a way of its own: the third message of each is.
const (
	doubled   = "p0" // a call of the bridge is made twice
	swapped   = "p1" // a message is answered for, and shown after the next
	swallowed = "p2" // POST /message is answered 200, and never gets to the bridge
	renamed   = "p3" // the network tells a message again under another id
	spoiltSeq = 3
)

// TestTheJudgeSeesWhatTheRealBridgeDoesWrong has something between the real bridge and the far ends that makes it look as if
// it broke order, acknowledgement and deduplication. The judge must see each, and nothing else.
func TestTheJudgeSeesWhatTheRealBridgeDoesWrong(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	o := Options{Messages: 80, Contacts: 8, Channels: 1, Layout: AllInOne, Seed: 2, Program: build(t)}
	s := &saboteur{done: map[string]bool{}}
	var table bytes.Buffer
	v, err := scene{settle: 20 * time.Second, between: s.between, play: func(l *ledger, ctx context.Context) error {
		l.far.Calm()
		l.client.Transport = s.swallow(l.client.Transport)
		return l.play(ctx)
	}}.run(ctx, o, &table)
	t.Log(table.String())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 lost outbound", "1 out of order outbound", "1 doubled outbound, unexplained", "1 doubled inbound, unexplained",
		"1 doubled inbound under another id", "1 (1 undisturbed) messages without their receipts",
	}
	if diff := cmp.Diff(want, v.Broken); diff != "" {
		t.Error(diff)
	}
}

// saboteur spoils each of its contacts once.
type saboteur struct {
	mu   sync.Mutex
	done map[string]bool
	held *http.Request // of swapped
}

// first says, once, that it is this contact's turn.
func (s *saboteur) first(contact string, seq int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seq != spoiltSeq || s.done[contact] {
		return false
	}
	s.done[contact] = true
	return true
}

func (s *saboteur) between(farEnds http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		again := func(r *http.Request, body []byte) *http.Request {
			c := r.Clone(context.WithoutCancel(r.Context())) // it outlives the call that it was
			c.Body, c.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			return c
		}
		aside := func(r *http.Request) { farEnds.ServeHTTP(&vendors.Answer{ResponseWriter: w}, r) }
		lane, seq, _ := history.ParseText(textIn(body))
		inbound := strings.HasPrefix(r.URL.Path, "/hook/")
		switch {
		case !inbound && lane == (history.Lane{Way: history.Outbound, Channel: "c0", Contact: doubled}) && s.first(doubled, seq):
			aside(again(r, body))
		case !inbound && lane == (history.Lane{Way: history.Outbound, Channel: "c0", Contact: swapped}) && s.first(swapped, seq):
			s.mu.Lock()
			s.held = again(r, body)
			s.mu.Unlock()
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"id":"taken-later"}`)
			return
		case !inbound && lane == (history.Lane{Way: history.Outbound, Channel: "c0", Contact: swapped}) && seq == spoiltSeq+1:
			farEnds.ServeHTTP(w, again(r, body))
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.held != nil {
				aside(s.held)
				s.held = nil
			}
			return
		case inbound && lane == (history.Lane{Way: history.Inbound, Channel: "c0", Contact: renamed}) && s.first(renamed, seq):
			aside(again(r, bytes.ReplaceAll(body, []byte(`"id":"`), []byte(`"id":"another-`))))
		}
		farEnds.ServeHTTP(w, again(r, body))
	})
}

// textIn is the text of a call, either way.
func textIn(body []byte) string {
	var c struct {
		Message customchannel.Message
		Events  []struct{ Message customchannel.Message }
	}
	_ = json.Unmarshal(body, &c)
	if len(c.Events) > 0 {
		return c.Events[0].Message.Text
	}
	return c.Message.Text
}

// swallow answers one POST /message itself.
func (s *saboteur) swallow(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if lane, seq, _ := history.ParseText(textIn(body)); strings.HasSuffix(r.URL.Path, "/message") && lane.Contact == swallowed && s.first(swallowed, seq) {
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader(`{"mId":"never-stored"}`))}, nil
		}
		return next.RoundTrip(r)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
