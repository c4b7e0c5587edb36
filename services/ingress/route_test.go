package ingress_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A base URL may end with a slash, and so may what is put behind it.
func TestSlashesTooManyLeadToTheSamePlace(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	bearer := http.Header{"Authorization": {"Bearer " + token(custom)}}
	for _, path := range []string{
		"/message", "//message", "/message/", "///message//", "/channels/" + custom + "/message", "//channels/" + custom + "/message/", "/channels//" + custom + "//message",
	} {
		e.call(http.MethodPost, path, bearer, textTo("ana", path)).mID(t)
	}
	var texts []string
	for _, m := range e.messages(7) {
		texts = append(texts, m.GetContent().GetText().GetBody())
	}
	if len(texts) != 7 {
		t.Errorf("stored %q", texts)
	}
	want := map[string]string{}
	for i, test := range []struct{ path, suffix string }{
		{"/webhooks/testnet/" + custom, ""},
		{"//webhooks/testnet/" + custom, ""},
		{"/webhooks//testnet//" + custom + "/", "/"},
		{"//webhooks/testnet/" + custom + "//", "/"},
		{"/webhooks/testnet/" + custom + "//status/%2F//x/", "/status/%2F//x/"},
		{"/webhooks/testnet/" + custom + "/./a/../b", "/./a/../b"},
	} {
		body := fmt.Sprintf(`{"id": %d}`, i)
		want[body] = test.suffix
		if a := e.call(http.MethodPost, test.path, http.Header{"X-Test-Token": {secret}}, body); a.status != http.StatusAccepted {
			t.Errorf("%s: %d", test.path, a.status)
		}
	}
	got := map[string]string{}
	for _, c := range e.calls() {
		got[string(c.GetBody())] = c.GetSuffix()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	file := e.file("foto.png", "image/png", "x").ID
	if a := e.call(http.MethodGet, "//media/"+file+"/", nil, ""); a.status != http.StatusOK {
		t.Errorf("a file: %d", a.status)
	}
}

func TestWhatIsNotServedIsNotFoundAndNeverRedirected(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for _, path := range []string{
		"/", "//", "/mensaje", "/message/x", "/x/message", "/message/..", "/x/../message", "/./message", "/channels/message", "/channels/" + custom,
		"/channels/" + custom + "/message/x", "/webhooks", "/webhooks/testnet", "/media", "/media/", "/Message", "/message%2F", "/%",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			req, err := http.NewRequestWithContext(t.Context(), method, e.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.URL.Opaque = path // as it is, with what a client would mend
			want := http.StatusNotFound
			if path == "/%" {
				want = http.StatusBadRequest // the server's own
			}
			if a := e.do(req); a.status != want || a.header.Get("Location") != "" {
				t.Errorf("%s %s: %d %s", method, path, a.status, a.header.Get("Location"))
			}
		}
	}
	for path, allowed := range map[string]string{"/message/": "POST", "//channels/x/message": "POST", "/media/x": "GET, HEAD"} {
		if a := e.call(http.MethodPut, path, nil, ""); a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != allowed {
			t.Errorf("%s: %d, allowed %q", path, a.status, a.header.Get("Allow"))
		}
	}
}
