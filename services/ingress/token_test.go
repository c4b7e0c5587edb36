package ingress_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/services/ingress"
)

func TestNoMessageWithoutItsChannelsToken(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	good := token(custom)
	for _, test := range []struct {
		name   string
		values []string
	}{
		{"missing", nil},
		{"empty", []string{""}},
		{"no token", []string{"Bearer "}},
		{"wrong", []string{"Bearer nonsense"}},
		{"bare", []string{good}},
		{"basic", []string{"Basic " + good}},
		{"one character more", []string{"Bearer " + good + "x"}},
		{"one character less", []string{"Bearer " + good[:len(good)-1]}},
		{"another case", []string{"Bearer " + strings.ToUpper(good)}},
		{"twice", []string{"Bearer " + good, "Bearer " + good}},
		{"a wrong one before it", []string{"Bearer nonsense", "Bearer " + good}},
		{"two spaces", []string{"Bearer  " + good}},
		{"a list", []string{"Bearer " + good + ", Bearer " + good}},
	} {
		for _, path := range []string{"/message", "/channels/" + custom + "/message"} {
			a := e.call(http.MethodPost, path, http.Header{"Authorization": test.values}, textTo("ana", "Hola"))
			if a.status != http.StatusUnauthorized || a.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s, %s: %d", test.name, path, a.status)
			}
			a.refusal(t)
		}
	}
	for _, test := range []struct{ name, path, body string }{
		{"the token of another channel than channelId", "/message", `{"channelId": "` + phone + `", "contactId": "ana", "message": {"type": "text", "text": "Hola"}}`},
		{"the token of another channel than the path", "/channels/" + phone + "/message", textTo("ana", "Hola")},
		{"a channel that is none", "/channels/none/message", textTo("ana", "Hola")},
	} {
		a := e.call(http.MethodPost, test.path, http.Header{"Authorization": {"Bearer " + good}}, test.body)
		if a.status != http.StatusUnauthorized {
			t.Errorf("%s: %d", test.name, a.status)
		}
		a.refusal(t)
	}
	e.mark()
	if m := e.messages(1)[0]; m.GetId() != "mark" {
		t.Errorf("a message was stored: %v", m)
	}
	if log := e.log.String(); strings.Contains(log, good) || !strings.Contains(log, "127.0.0.1") {
		t.Error("the log holds the token, or does not say who called")
	}
}

func TestATokenIsTakenInAnyCaseOfTheScheme(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for _, scheme := range []string{"Bearer", "bearer", "BEARER"} {
		e.call(http.MethodPost, "/message", http.Header{"Authorization": {scheme + " " + token(custom)}}, textTo("ana", "Hola")).mID(t)
	}
}

// dial sends a request's head, and of its body nothing.
func (e *edge) dial(method, path, authorization, length string) (net.Conn, *bufio.Reader) {
	e.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(e.url, "http://"))
	if err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: edge\r\nAuthorization: %s\r\n%s\r\n\r\n", method, path, authorization, length)
	return conn, bufio.NewReader(conn)
}

func TestACallIsRefusedBeforeItsBodyCame(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(o *ingress.Options) { o.ReadTimeout = time.Minute })
	good := "Bearer " + token(custom)
	for _, test := range []struct {
		name, method, path, authorization, length string
		want                                      int
	}{
		{"wrong token", http.MethodPost, "/message", "Bearer nonsense", "Content-Length: 100", http.StatusUnauthorized},
		{"wrong token, length unknown", http.MethodPost, "/message", "Bearer nonsense", "Transfer-Encoding: chunked", http.StatusUnauthorized},
		{"wrong channel", http.MethodPost, "/channels/" + phone + "/message", good, "Content-Length: 100", http.StatusUnauthorized},
		{"wrong method", http.MethodPut, "/message", good, "Content-Length: 100", http.StatusMethodNotAllowed},
		{"too large", http.MethodPost, "/message", good, "Content-Length: 300000", http.StatusRequestEntityTooLarge},
		{"no such path", http.MethodPost, "/nothing", good, "Content-Length: 100", http.StatusNotFound},
		{"no such channel", http.MethodPost, "/webhooks/none/x", "", "Content-Length: 100", http.StatusNotFound},
		{"too large a webhook call", http.MethodPost, "/webhooks/testnet/" + custom, "", "Content-Length: 1001\r\nX-Test-Token: " + secret, http.StatusRequestEntityTooLarge},
	} {
		_, in := e.dial(test.method, test.path, test.authorization, test.length)
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if resp.StatusCode != test.want || !resp.Close {
			t.Errorf("%s: %d, closed %t", test.name, resp.StatusCode, resp.Close)
		}
		if _, err := io.ReadAll(resp.Body); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestACallerThatNeverEndsIsCutOff(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(o *ingress.Options) { o.ReadTimeout = 200 * time.Millisecond })
	for _, test := range []struct{ name, path, authorization string }{
		{"message", "/message", "Bearer " + token(custom)},
		{"webhook call", "/webhooks/testnet/" + custom, ""},
		{"refused before", "/message", "Bearer nonsense"},
		{"no such path", "/nothing", ""},
	} {
		conn, in := e.dial(http.MethodPost, test.path, test.authorization, "Content-Length: 100")
		fmt.Fprint(conn, `{"contactId": `)
		rest, err := io.ReadAll(in) // until the other end closes
		if err != nil {
			t.Errorf("%s: still open: %v", test.name, err)
		}
		if test.name == "message" && !strings.HasPrefix(string(rest), "HTTP/1.1 408 ") {
			t.Errorf("%s: answered %q", test.name, rest)
		}
	}
}
