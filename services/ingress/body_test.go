package ingress_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/services/ingress"
)

// begin sends the head of a call and the beginning of its body, whose rest never comes.
func (e *edge) begin(path, length, headers, body string) (net.Conn, *bufio.Reader) {
	e.t.Helper()
	conn, in := e.dial(http.MethodPost, path, "Bearer "+token(custom), strings.TrimSuffix(length+"\r\n"+headers, "\r\n"))
	_, _ = fmt.Fprint(conn, body)
	return conn, in
}

// hold makes a call whose body never comes take its room: begin begins it, and full looks whether it has it. The calls
// that look take room too. Where one of them comes first, it is the held call that is refused: then it is begun again.
func (e *edge) hold(what string, begin func() (net.Conn, *bufio.Reader), full func() bool) (held net.Conn) {
	e.t.Helper()
	for range 20 {
		conn, in := begin()
		refused := make(chan struct{})
		go func() {
			defer close(refused)
			_, _ = in.ReadByte()
		}()
		for range 1000 {
			if full() {
				return conn
			}
			select {
			case <-refused:
			default:
				continue
			}
			break
		}
		conn.Close()
	}
	e.t.Fatalf("never: %s", what)
	return nil
}

// TestWhatNeedsNoBodyIsAnsweredBeforeItComes: the body of a stranger may never come, so that an answer shows that nobody
// waited for it.
func TestWhatNeedsNoBodyIsAnsweredBeforeItComes(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(o *ingress.Options) { o.ReadTimeout = time.Minute })
	const hook, right = "/webhooks/testnet/" + custom, "\r\nX-Test-Token: " + secret
	good := "Bearer " + token(custom)
	for _, test := range []struct {
		name, method, path, authorization, headers string
		want                                       int
	}{
		{"a call without a token", "POST", hook, "", "", http.StatusForbidden},
		{"a call with a wrong token", "POST", hook, "", "\r\nX-Test-Token: x", http.StatusForbidden},
		{"a call by another method", "DELETE", hook, "", right, http.StatusMethodNotAllowed},
		{"a call that is compressed", "POST", hook, "", right + "\r\nContent-Encoding: gzip", http.StatusUnsupportedMediaType},
		{"a message that is compressed", "POST", "/message", good, "\r\nContent-Encoding: br", http.StatusUnsupportedMediaType},
	} {
		for _, length := range []string{"Content-Length: 900", "Transfer-Encoding: chunked"} {
			_, in := e.dial(test.method, test.path, test.authorization, length+test.headers)
			resp, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
			if resp.StatusCode != test.want || !resp.Close {
				t.Errorf("%s, %s: %d, closed %t, want %d", test.name, length, resp.StatusCode, resp.Close, test.want)
			}
			if resp.StatusCode == http.StatusUnsupportedMediaType && resp.Header.Get("Accept-Encoding") != "identity" {
				t.Errorf("%s: it is not said what is accepted", test.name)
			}
			resp.Body.Close()
		}
	}
}

// TestACompressedBodyIsRefusedAndNothingStored: nobody would ever read it.
func TestACompressedBodyIsRefusedAndNothingStored(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	var body bytes.Buffer
	z := gzip.NewWriter(&body)
	_, _ = z.Write([]byte(textTo("ana", "Hola")))
	z.Close()
	a := e.call(http.MethodPost, "/message", http.Header{"Authorization": {"Bearer " + token(custom)}, "Content-Encoding": {"gzip"}}, body.String())
	if a.status != http.StatusUnsupportedMediaType || !strings.Contains(a.refusal(t), "Content-Encoding") {
		t.Errorf("a message is answered %d %s", a.status, a.body)
	}
	a = e.call(http.MethodPost, "/webhooks/testnet/"+custom, http.Header{"X-Test-Token": {secret}, "Content-Encoding": {"gzip"}}, body.String())
	if a.status != http.StatusUnsupportedMediaType || len(e.calls()) != 0 {
		t.Errorf("a call is answered %d, %d stored", a.status, len(e.calls()))
	}
}

// TestAByteOrderMarkBeforeAMessageIsPassedOver.
func TestAByteOrderMarkBeforeAMessageIsPassedOver(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.post(custom, "\ufeff"+textTo("ana", "Hola")).mID(t)
}

// TestBodiesThatNeverComeFillOneChannelOnly: the others, and its platform, are served meanwhile, and it is again when
// they are gone.
func TestBodiesThatNeverComeFillOneChannelOnly(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(o *ingress.Options) { o.ChannelBodies = 1500 })
	call := func(channel string) answer {
		return e.call(http.MethodPost, "/webhooks/testnet/"+channel, http.Header{"X-Test-Token": {secret}}, `{"x":"`+strings.Repeat("x", 700)+`"}`)
	}
	stalled := e.hold("a channel's room is full", func() (net.Conn, *bufio.Reader) {
		return e.begin("/webhooks/testnet/"+custom, "Content-Length: 1000", "X-Test-Token: "+secret, "{")
	}, func() bool { return call(custom).status == http.StatusServiceUnavailable })
	if a := call(custom); a.header.Get("Retry-After") == "" {
		t.Errorf("a call beyond the budget is answered %v", a.header)
	}
	for range 20 { // what is held is given back
		if a := call(phone); a.status != http.StatusAccepted {
			t.Fatalf("another channel's call is answered %d", a.status)
		}
		e.post(custom, textTo("ana", strings.Repeat("x", 700))).mID(t)
	}
	stalled.Close()
	eventually(t, "the end of the stalled one is noticed", func() bool { return call(custom).status == http.StatusAccepted })
}

// TestBodiesOfAllChannelsAreBounded, and those of strangers cost the platform nothing.
func TestBodiesOfAllChannelsAreBounded(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(o *ingress.Options) { o.Bodies = 3000 })
	busy := func(a answer) bool {
		if a.status == http.StatusServiceUnavailable && a.header.Get("Retry-After") == "" {
			t.Error("it is not said when to try again")
		}
		return a.status == http.StatusServiceUnavailable
	}
	e.hold("one caller holds no more than half", func() (net.Conn, *bufio.Reader) {
		return e.begin("/webhooks/testnet/"+phone, "Content-Length: 1000", "X-Test-Token: "+secret, "{")
	}, func() bool {
		return busy(e.call(http.MethodPost, "/webhooks/testnet/"+custom, http.Header{"X-Test-Token": {secret}}, `{"x":"`+strings.Repeat("x", 700)+`"}`))
	})
	e.post(custom, textTo("ana", strings.Repeat("x", 2000))).mID(t)
	e.hold("messages fill their room", func() (net.Conn, *bufio.Reader) {
		return e.begin("/message", "Content-Length: 2900", "", `{"contactId": "`+strings.Repeat("x", 2000))
	}, func() bool {
		a := e.post(custom, textTo("ana", strings.Repeat("x", 700)))
		if a.status == http.StatusServiceUnavailable {
			a.refusal(t)
		}
		return busy(a)
	})
}

// TestABodyIsHeldAsItComes: what is announced and does not come takes no room.
func TestABodyIsHeldAsItComes(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(o *ingress.Options) { o.ChannelBodies = 200_100 })
	e.begin("/message", "Content-Length: 200000", "", `{"contactId": "ana"`)
	for range 20 {
		e.post(custom, textTo("ana", strings.Repeat("x", 200))).mID(t)
	}
}
