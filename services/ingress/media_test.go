package ingress_test

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus/media"
)

func (e *edge) file(name, mediaType, body string) *media.File {
	e.t.Helper()
	f, err := media.New(e.bus).Put(e.t.Context(), "testnet", name, mediaType, strings.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	return f
}

func TestAFileIsServedWholeAndInParts(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	var b strings.Builder
	for i := range 40_000 {
		b.WriteString(strconv.Itoa(i))
	}
	body := b.String()
	path := "/media/" + e.file("foto.png", "image/png", body).ID
	etag := e.call(http.MethodGet, path, nil, "").header.Get("ETag")
	if etag == "" || strings.HasPrefix(etag, "W/") {
		t.Fatalf("ETag %q", etag)
	}
	last := len(body) - 1
	for _, test := range []struct {
		name, method, header, value string
		want                        int
		body                        string
	}{
		{"whole", http.MethodGet, "", "", http.StatusOK, body},
		{"again", http.MethodGet, "", "", http.StatusOK, body},
		{"head", http.MethodHead, "", "", http.StatusOK, ""},
		{"the start", http.MethodGet, "Range", "bytes=0-99", http.StatusPartialContent, body[:100]},
		{"the middle", http.MethodGet, "Range", "bytes=150000-150099", http.StatusPartialContent, body[150000:150100]},
		{"the rest", http.MethodGet, "Range", "bytes=150000-", http.StatusPartialContent, body[150000:]},
		{"the end", http.MethodGet, "Range", "bytes=-10", http.StatusPartialContent, body[last-9:]},
		{"several at once: the whole", http.MethodGet, "Range", "bytes=9-9,8-8,7-7", http.StatusOK, body},
		{"beyond the end", http.MethodGet, "Range", "bytes=99999999-", http.StatusRequestedRangeNotSatisfiable, ""},
		{"known", http.MethodGet, "If-None-Match", etag, http.StatusNotModified, ""},
		{"known in another version", http.MethodGet, "If-None-Match", `"other"`, http.StatusOK, body},
	} {
		header := http.Header{}
		if test.header != "" {
			header.Set(test.header, test.value)
		}
		a := e.call(test.method, path, header, "")
		if a.status != test.want {
			t.Errorf("%s: %d", test.name, a.status)
		}
		if test.want < 300 && a.body != test.body {
			t.Errorf("%s: %d bytes, want %d", test.name, len(a.body), len(test.body))
		}
		if test.want < 300 && a.header.Get("Content-Length") == "" || a.header.Get("ETag") != etag && test.want < 400 {
			t.Errorf("%s: headers %v", test.name, a.header)
		}
	}
	if got := e.call(http.MethodHead, path, nil, "").header.Get("Content-Length"); got != strconv.Itoa(len(body)) {
		t.Errorf("HEAD tells a length of %s", got)
	}
}

func TestABrowserDoesNotRunWhatAStrangerSent(t *testing.T) {
	t.Parallel()
	const octets = "application/octet-stream"
	e := newEdge(t)
	for _, test := range []struct {
		name, mediaType, wantType, shown string
	}{
		{"foto.png", "image/png", "image/png", "inline"},
		{"voz.ogg", "audio/ogg; codecs=opus", "audio/ogg; codecs=opus", "inline"},
		{"contrato.pdf", "application/pdf", "application/pdf", "inline"},
		{"foto.jpg", "image/jpg", "image/jpeg", "inline"},
		{"foto.jpg", "IMAGE/JPEG; charset=binary", "image/jpeg", "inline"},
		{"voz.ogg", "audio/ogg; codecs=\"a\tb\"", "audio/ogg", "inline"},
		{"page.html", "text/html", octets, "attachment"},
		{"dibujo.svg", "image/svg+xml", octets, "attachment"},
		{"dibujo.svg", "IMAGE/SVG+XML", octets, "attachment"},
		{"a.xml", "application/xhtml+xml", octets, "attachment"},
		{"a.png", "image/png, text/html", octets, "attachment"},
		{"a.png", "image/png; text/html", octets, "attachment"},
		{"a.png", "image/png\ttext/html", octets, "attachment"},
		{"a.png", "image/x-unknown", octets, "attachment"},
		{"a.png", "image/", octets, "attachment"},
		{"a.png", "image", octets, "attachment"},
		{"a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", octets, "attachment"},
		{"", "", octets, "attachment"},
		{"año niño «1».png", "image/png", "image/png", "inline"},
		{"日本語.txt", "text/plain", octets, "attachment"},
		{"a\"b\\c;d.txt", "text/plain", octets, "attachment"},
		{"a\r\nSet-Cookie: x=1.txt", "text/plain\r\nSet-Cookie: x=1", octets, "attachment"},
		{"a.png", "image/png\r\nSet-Cookie: x=1", octets, "attachment"},
	} {
		f := e.file(test.name, test.mediaType, "<script>alert(1)</script>")
		a := e.call(http.MethodGet, "/media/"+f.ID, nil, "")
		shown, parameters, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
		name := test.name
		if name == "" {
			name = f.ID
		}
		if err != nil || shown != test.shown || parameters["filename"] != name {
			t.Errorf("%q: %q", test.name, a.header.Get("Content-Disposition"))
		}
		if got := a.header.Get("Content-Type"); got != test.wantType {
			t.Errorf("%q: type %q", test.name, got)
		}
		if a.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(a.header.Get("Content-Security-Policy"), "sandbox") || a.header.Get("Set-Cookie") != "" {
			t.Errorf("%q: headers %v", test.name, a.header)
		}
	}
}

func TestThereIsNoFileThatWasNotStored(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	id := e.file("foto.png", "image/png", "x").ID
	for _, path := range []string{
		"/media/" + strings.Repeat("0", 32), "/media/nobody-" + strings.Repeat("0", 32), "/media/*-" + strings.Repeat("0", 32), "/media/" + id[:31], "/media/" + id + "0", "/media/%2e%2e", "/media/*", "/media/%3E", "/media/", "/media/" + id + "/x",
	} {
		if a := e.call(http.MethodGet, path, nil, ""); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := e.call(http.MethodPost, "/media/"+id, nil, ""); a.status == http.StatusOK {
		t.Error("a file can be posted to")
	}
}
