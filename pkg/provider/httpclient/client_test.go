package httpclient_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// What no error may hold: it stands in the path, a header and the body of every request here, and in every answer.
const token = "t0p-s3cret-t0ken"

// post is a request that holds the token wherever one can be.
func post(base string) httpclient.Request {
	return httpclient.Request{
		URL: base + "/bot" + token + "/send?key=" + token, Header: http.Header{"Authorization": {"Bearer " + token}},
		Body: strings.NewReader("body " + token), ContentType: "text/plain",
	}
}

// get is the same without a body.
func get(base string) httpclient.Request {
	r := post(base)
	r.Body, r.ContentType = nil, ""
	return r
}

// serve starts a server.
func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// raw starts a server that reads a request and answers with these bytes, then hangs up.
func raw(t *testing.T, answer string) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, answer)
	})
}

// closed is an address where nobody listens.
func closed(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

// silent starts a server that takes the request, begins an answer where that is given, and says no more.
func silent(t *testing.T, begin string) string {
	t.Helper()
	end := make(chan struct{})
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if begin != "" {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, begin)
			_ = http.NewResponseController(w).Flush()
		}
		select {
		case <-end:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(end) })
	return url
}

func newClient(t *testing.T, o httpclient.Options) *httpclient.Client {
	t.Helper()
	c := httpclient.New(o)
	t.Cleanup(c.Close)
	return c
}

func within(r httpclient.Request, d time.Duration) httpclient.Request {
	r.Timeout = d
	return r
}

func TestARequestThatIsNotAnsweredIsClassifiedByWhetherItWasWritten(t *testing.T) {
	t.Parallel()
	plain := serve(t, func(http.ResponseWriter, *http.Request) {})
	for _, test := range []struct {
		name string
		r    httpclient.Request
		want result.Class
	}{
		{"hung up on", post(raw(t, "")), result.Uncertain},
		{"answered with noise", post(raw(t, "HTTP/1.1 banana "+token+"\r\n\r\n")), result.Uncertain},
		{"answered with a broken header", post(raw(t, "HTTP/1.1 200 OK\r\n"+token+"\r\n\r\n")), result.Uncertain},
		{"hung up on within the answer", post(raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"+token)), result.Uncertain},
		{"answered with broken chunks", post(raw(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"+token)), result.Uncertain},
		{"redirected to nonsense", get(raw(t, "HTTP/1.1 302 Found\r\nLocation: http://%zz/"+token+"\r\n\r\n")), result.Uncertain},
		{"not answered in time", within(post(silent(t, "")), 100*time.Millisecond), result.Uncertain},
		{"not answered to the end in time", within(post(silent(t, token)), 100*time.Millisecond), result.Uncertain},
		{"refused a connection", post(closed(t)), result.Retry},
		{"spoken to without TLS", post("https" + strings.TrimPrefix(plain, "http")), result.Retry},
		{"out of time before it began", within(post(plain), time.Nanosecond), result.Retry},
		{"no URL", httpclient.Request{URL: "http://a b/" + token}, result.Rejected},
		{"another scheme", httpclient.Request{URL: "ftp://files.example.com/" + token}, result.Rejected},
		{"no host", httpclient.Request{URL: "http:///" + token}, result.Rejected},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, httpclient.Options{})
			answer, err := c.Do(t.Context(), test.r)
			if err == nil {
				t.Fatalf("no error, but status %d", answer.Status)
			}
			f := outcome.Classify(err)
			if _, classified := errors.AsType[*outcome.Failure](err); !classified || f.Class != test.want {
				t.Errorf("class %v, want %v: %v", f.Class, test.want, err)
			}
			if all := err.Error() + f.Reason.String(); strings.Contains(all, token) || strings.Contains(all, "/bot") || strings.Contains(all, "body ") {
				t.Errorf("the error tells what was sent or answered: %s", all)
			}
		})
	}
}

// A call that may be made again at will is never uncertain, whatever became of its answer.
func TestAnIdempotentRequestIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]httpclient.Request{
		"hung up on":                           post(raw(t, "")),
		"hung up on within the answer":         post(raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx")),
		"not answered to the end in time":      within(post(silent(t, token)), 100*time.Millisecond),
		"answered with what cannot be read":    get(serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("?")) })),
		"hung up on, without words of its own": {URL: raw(t, "")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := "the network did not answer"
			r.Idempotent = true
			if r.Body != nil {
				want = "Toy did not answer"
				r.NoAnswer = reason.Untranslated(want)
			}
			answer, err := newClient(t, httpclient.Options{}).Do(t.Context(), r)
			if err == nil {
				err, want = answer.Unanswered(errors.New("it cannot be read")), "the network's answer does not say what became of it"
			}
			if f := outcome.Classify(err); f.Class != result.Retry || f.Reason.String() != want || f.Within != 0 {
				t.Errorf("%+v, want it tried again under %q", f, want)
			}
		})
	}
}

func TestACancelledCallEndsAtOnce(t *testing.T) {
	t.Parallel()
	began := make(chan struct{})
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		close(began)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-began
		cancel()
	}()
	_, err := newClient(t, httpclient.Options{}).Do(ctx, get(url))
	if !errors.Is(err, context.Canceled) || outcome.Classify(err).Class != result.Uncertain {
		t.Errorf("%v", err)
	}
}

func TestRequestsGoOutAsTheyAreMade(t *testing.T) {
	t.Parallel()
	type request struct {
		Method, Query, Type, Authorization, Body string
	}
	var got request
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = request{r.Method, r.URL.RawQuery, r.Header.Get("Content-Type"), r.Header.Get("Authorization"), string(body)}
		w.Header().Set("X-Answer", "yes")
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "short and stout")
	})
	c := newClient(t, httpclient.Options{})
	header := http.Header{"Authorization": {"Bearer x"}}
	for _, test := range []struct {
		name string
		call func() (*httpclient.Response, error)
		want request
	}{
		{"JSON", func() (*httpclient.Response, error) {
			return c.JSON(t.Context(), base+"?a=1", header, map[string]string{"k": "v"})
		}, request{"POST", "a=1", "application/json", "Bearer x", `{"k":"v"}`}},
		{"form", func() (*httpclient.Response, error) {
			return c.Form(t.Context(), base, header, url.Values{"k": {"v w"}})
		}, request{"POST", "", "application/x-www-form-urlencoded", "Bearer x", "k=v+w"}},
		{"nothing to send", func() (*httpclient.Response, error) {
			return c.Do(t.Context(), httpclient.Request{URL: base})
		}, request{"GET", "", "", "", ""}},
		{"method of its own", func() (*httpclient.Response, error) {
			return c.Do(t.Context(), httpclient.Request{Method: "PUT", URL: base, Body: strings.NewReader("x")})
		}, request{"PUT", "", "", "", "x"}},
	} {
		got = request{}
		answer, err := test.call()
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if answer.Status != http.StatusTeapot || string(answer.Body) != "short and stout" || answer.Header.Get("X-Answer") != "yes" {
			t.Errorf("%s: %d %q", test.name, answer.Status, answer.Body)
		}
	}
	if _, err := c.JSON(t.Context(), base, nil, func() {}); err == nil {
		t.Error("a function was sent as JSON")
	}
}

func TestTheLengthOfAStreamIsTold(t *testing.T) {
	t.Parallel()
	var lengths []int64
	base := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		lengths = append(lengths, r.ContentLength)
	})
	c := newClient(t, httpclient.Options{})
	for _, length := range []int64{0, 5} {
		stream := io.MultiReader(strings.NewReader("12345"))
		if _, err := c.Do(t.Context(), httpclient.Request{URL: base, Body: stream, Length: length}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]int64{-1, 5}, lengths); diff != "" {
		t.Error(diff)
	}
}
