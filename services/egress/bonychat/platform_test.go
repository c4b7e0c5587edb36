package bonychat_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/services/egress/bonychat"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// What no error may hold.
const (
	token  = "t0p-s3cret-t0ken"
	gossip = "the-platforms-own-words"
)

// platform is the destination: it keeps the last request and answers as it is told.
type platform struct {
	t   *testing.T
	url string

	mu     sync.Mutex
	status int // 0 hangs up
	header http.Header
	last   *http.Request
	body   []byte
	calls  int
}

func newPlatform(t *testing.T) *platform {
	t.Helper()
	p := &platform{t: t, status: http.StatusOK}
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	p.url = s.URL + "/custom/webhook"
	return p
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Error(err)
	}
	p.last, p.body = r, body
	p.calls++
	if p.status == 0 {
		panic(http.ErrAbortHandler)
	}
	for name, values := range p.header {
		w.Header()[name] = values
	}
	w.WriteHeader(p.status)
	_, _ = io.WriteString(w, gossip)
}

// answer sets what is answered from now on.
func (p *platform) answer(status int, header http.Header) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status, p.header = status, header
}

// sender is the platform's side of the channel.
func (p *platform) sender(url string) provider.PlatformSender {
	p.t.Helper()
	account, err := json.Marshal(map[string]string{"webhook_url": url, "api_token": token})
	if err != nil {
		p.t.Fatal(err)
	}
	c := httpclient.New(httpclient.Options{})
	p.t.Cleanup(c.Close)
	s, err := sendertest.OpenAt(bonychat.Platform, account, provider.Host{Client: c})
	if err != nil {
		p.t.Fatal(err)
	}
	return s.(provider.PlatformSender)
}

// post sends an event and returns the body that arrived, read as the contract says.
func (p *platform) post(e *eventv1.Event) *customchannel.Post {
	p.t.Helper()
	if err := p.sender(p.url).SendEvent(p.t.Context(), e); err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	got, err := customchannel.DecodePost(p.body, customchannel.Custom)
	if err != nil {
		p.t.Fatalf("%v in %s", err, p.body)
	}
	return got
}

// millis is when everything here was written, and accepted a second later.
const millis = 1718000000123

var (
	written  = &timestamppb.Timestamp{Seconds: millis / 1000, Nanos: 123e6}
	accepted = &timestamppb.Timestamp{Seconds: millis/1000 + 1, Nanos: 123e6}
)

// message is an inbound message of this content.
func message(c *messagev1.Content) *messagev1.Message {
	return &messagev1.Message{
		Id: "abcdefghijklmnopqrstuvwxyz", Network: "toy", Channel: "k7m2q9x4t8w1zb", Contact: &messagev1.Contact{Address: "ana@example"},
		Direction: messagev1.Direction_DIRECTION_INBOUND, WrittenAt: written, AcceptedAt: accepted, Content: c,
	}
}

func event(m *messagev1.Message) *eventv1.Event {
	return &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}}
}

func status(s eventv1.Status, reason string) *eventv1.Event {
	return &eventv1.Event{Kind: &eventv1.Event_Status{Status: &eventv1.StatusUpdate{
		Id: "0190abcdef0190abcdef0190abcdef01", Network: "toy", Channel: "k7m2q9x4t8w1zb", Address: "+34600111222", Status: s, Reason: reason,
		At: written, AcceptedAt: accepted,
	}}}
}
