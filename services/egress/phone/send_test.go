package phone_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/trace/noop"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/phone"
)

const secret = "s3cret-of-the-phone"

// open makes a sender whose far end is the handler.
func open(t *testing.T, far http.HandlerFunc) provider.Sender {
	t.Helper()
	srv := httptest.NewServer(far)
	t.Cleanup(srv.Close)
	client := provider.NewClient(provider.ClientOptions{Tracer: noop.NewTracerProvider().Tracer("")})
	t.Cleanup(client.Close)
	s, err := phone.Network.Open(phone.Account{URL: srv.URL + "/", Secret: provider.NewSecret(secret)}, provider.Host{Client: client})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func message(c *messagev1.Content) *messagev1.Message {
	return &messagev1.Message{Id: "m1", Contact: &messagev1.Contact{Address: "ana"}, Content: c}
}

// contents are all kinds with their JSON on the wire.
var contents = map[string]struct {
	content *messagev1.Content
	wire    string
}{
	"text": {provider.Text("¿qué tal? 🙂"), `{"type":"text","text":"¿qué tal? 🙂"}`},
	"image": {provider.Attachment(&messagev1.Attachment{
		Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Url: "https://a.example/b.jpg", MediaType: "image/jpeg", FileName: "b.jpg", Caption: "the bridge",
	}), `{"type":"attachment","attachment":{"type":"image","url":"https://a.example/b.jpg","mimeType":"image/jpeg","fileName":"b.jpg","description":"the bridge"}}`},
	"video": {provider.Attachment(&messagev1.Attachment{
		Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO, Url: "https://a.example/b",
	}), `{"type":"attachment","attachment":{"type":"video","url":"https://a.example/b"}}`},
	"audio": {provider.Attachment(&messagev1.Attachment{
		Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO, Url: "https://a.example/b",
	}), `{"type":"attachment","attachment":{"type":"audio","url":"https://a.example/b"}}`},
	"file": {provider.Attachment(&messagev1.Attachment{
		Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_FILE, Url: "https://a.example/b", FileName: "b.pdf",
	}), `{"type":"attachment","attachment":{"type":"file","url":"https://a.example/b","fileName":"b.pdf"}}`},
	"location":               {provider.Location(40.4, -3.7, "Madrid"), `{"type":"location","latitude":40.4,"longitude":-3.7,"address":"Madrid"}`},
	"location at the origin": {provider.Location(0, 0, ""), `{"type":"location","latitude":0,"longitude":0}`},
	"quick reply": {&messagev1.Content{Kind: &messagev1.Content_QuickReply{
		QuickReply: &messagev1.QuickReply{Title: "¿Vienes?", Replies: []string{"Sí", "No"}},
	}}, `{"type":"quick_reply","title":"¿Vienes?","replies":["Sí","No"]}`},
}

func TestSendWritesTheWire(t *testing.T) {
	for name, c := range contents {
		t.Run(name, func(t *testing.T) {
			var got, header string
			s := open(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				got = string(body)
				header = r.Method + " " + r.URL.Path + " " + r.Header.Get("Authorization") + " " + r.Header.Get("Idempotency-Key")
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, `{"id":"n-7"}`)
			})
			m := message(c.content)
			m.Generation, m.Part = 3, &messagev1.Part{Index: 1, Count: 2}
			ref, err := s.Send(t.Context(), m)
			if err != nil || ref.Ref != "n-7" {
				t.Fatalf("Send = %q, %v", ref.Ref, err)
			}
			if want := "POST /messages Bearer " + secret + " m1-1"; header != want {
				t.Errorf("call = %q, want %q: the key has no generation", header, want)
			}
			if want := fmt.Sprintf(`{"id":"m1","to":"ana","part":1,"message":%s}`, c.wire); !sameJSON(got, want) {
				t.Errorf("body = %s\nwant   %s", got, want)
			}
		})
	}
}

func sameJSON(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && cmp.Equal(x, y)
}

func TestSendClassifies(t *testing.T) {
	answer := func(status int, body string, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	for name, c := range map[string]struct {
		far   http.HandlerFunc
		class provider.Class
		after time.Duration
		scope provider.Scope
		says  string
	}{
		"429 waits as told, for the contact":         {answer(429, `{"error":{"code":"too_many","scope":"contact"}}`, "Retry-After", "6"), provider.Waiting, 6 * time.Second, provider.Contact, ""},
		"429 for the account":                        {answer(429, `{"error":{"scope":"account"}}`, "Retry-After", "2"), provider.Waiting, 2 * time.Second, provider.Account, ""},
		"429 that says nothing waits a minute":       {answer(429, ""), provider.Waiting, time.Minute, provider.Contact, ""},
		"503 with Retry-After waits":                 {answer(503, "", "Retry-After", "3"), provider.Waiting, 3 * time.Second, provider.Contact, ""},
		"500 is tried again":                         {answer(500, "<html>"), provider.Retry, 0, 0, ""},
		"401 suspends":                               {answer(401, `{}`), provider.Suspended, 0, 0, ""},
		"422 is final and says why":                  {answer(422, `{"error":{"code":"unreachable","message":"+34600111222"}}`), provider.Rejected, 0, 0, "cannot be reached"},
		"409 is final":                               {answer(409, `{"error":{"code":"key_reused"}}`), provider.Rejected, 0, 0, "another message"},
		"another 4xx is final":                       {answer(404, `not found`), provider.Rejected, 0, 0, "404"},
		"a lost answer is uncertain":                 {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, provider.Unknown, 0, 0, ""},
		"an answer that is not JSON is uncertain":    {answer(200, "<html>"), provider.Unknown, 0, 0, ""},
		"an answer without an id is uncertain":       {answer(200, `{}`, "Content-Type", "application/json"), provider.Unknown, 0, 0, ""},
		"a redirect is not followed and tried again": {answer(307, "", "Location", "/elsewhere"), provider.Retry, 0, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(t, c.far).Send(t.Context(), message(provider.Text("top secret text")))
			f := provider.Classify(err)
			if f == nil || f.Class != c.class || f.After != c.after || f.Scope != c.scope || !strings.Contains(f.Reason, c.says) {
				t.Errorf("Send = %#v", f)
			}
			for _, private := range []string{secret, "top secret", "+34600111222"} {
				if strings.Contains(fmt.Sprintf("%v %+v", err, err), private) {
					t.Errorf("error holds %q: %v", private, err)
				}
			}
		})
	}
	t.Run("unknown content is final and not sent", func(t *testing.T) {
		s := open(t, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") })
		for _, c := range []*messagev1.Content{nil, {}, provider.Attachment(&messagev1.Attachment{Url: "https://a.example"})} {
			if _, err := s.Send(t.Context(), message(c)); provider.Classify(err) == nil || provider.Classify(err).Class != provider.Rejected {
				t.Errorf("Send = %v, want a rejection", err)
			}
		}
	})
}

func TestCheck(t *testing.T) {
	s := open(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method+" "+r.URL.Path != "GET /account" || r.Header.Get("Authorization") != "Bearer "+secret {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	if err := s.(provider.Checker).Check(t.Context()); err != nil {
		t.Error(err)
	}
	s = open(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	if f := provider.Classify(s.(provider.Checker).Check(t.Context())); f == nil || f.Class != provider.Suspended {
		t.Errorf("Check = %v, want a suspension", f)
	}
}

func TestAccount(t *testing.T) {
	for name, c := range map[string]struct {
		account string
		errors  int
	}{
		"good":             {`{"url":"http://127.0.0.1:8080/sandbox/phone/c1","secret":"abc"}`, 0},
		"empty":            {`{}`, 2},
		"no scheme":        {`{"url":"127.0.0.1:8080","secret":"abc"}`, 1},
		"secret in url":    {`{"url":"https://user:pass@a.example","secret":"abc"}`, 1},
		"space in secret":  {`{"url":"https://a.example","secret":"a b"}`, 1},
		"unknown settings": {`{"url":"https://a.example","secret":"abc","token":"x"}`, 1},
	} {
		errs := phone.Network.CheckAccount(json.RawMessage(c.account))
		if len(errs) != c.errors {
			t.Errorf("%s: %v, want %d errors", name, errs, c.errors)
		}
	}
}
