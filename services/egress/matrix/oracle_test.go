package matrix_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/bonychat/puente/pkg/provider/providertest"

	"github.com/bonychat/puente/services/egress/matrix/internal/oracle"
)

func spec(t *testing.T) *oracle.Spec {
	t.Helper()
	s, err := oracle.Load("testdata/spec.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every call that a conversation expects is one that the specification allows, and each of its calls is expected
// somewhere.
func TestExpectedCallsAreThoseOfTheSpecification(t *testing.T) {
	requests, err := providertest.Requests("testdata")
	if err != nil {
		t.Fatal(err)
	}
	s := spec(t)
	seen := map[string]bool{}
	for _, r := range requests {
		method, target, _ := strings.Cut(r.Line, " ")
		path, query, _ := strings.Cut(target, "?")
		if path == "/media/x" { // the platform's file
			continue
		}
		var body []byte
		if r.Body != "" {
			body = []byte(r.Body)
		}
		op, err := s.CheckRequest(method, path, query, body)
		if err != nil {
			t.Errorf("%s: %s: %v\n%s", r.File, r.Line, err, r.Body)
			continue
		}
		seen[op.Name] = true
		if !slices.Contains(r.Header, "Authorization: Bearer <as_token>") {
			t.Errorf("%s: %s: without the as_token", r.File, r.Line)
		}
		for _, kind := range []string{"/send/m.room.message/", "/state/m.room.canonical_alias/"} {
			if method == "PUT" && strings.Contains(path, kind) {
				if err := s.CheckContent(strings.Split(kind, "/")[2], body); err != nil {
					t.Errorf("%s: %v\n%s", r.File, err, r.Body)
				}
			}
		}
	}
	for _, name := range s.Operations() {
		if !seen[name] && !strings.Contains(name, " /_matrix/app/") {
			t.Errorf("no conversation makes %s", name)
		}
	}
}

// The events that the conversations receive are those that the specification describes, as far as it describes them.
func TestReceivedEventsAreThoseOfTheSpecification(t *testing.T) {
	files, err := filepath.Glob("testdata/in_*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	s := spec(t)
	// what is not as it is specified, for that is what they are about
	strange := []string{"in_batch.txtar", "in_odd.txtar", "in_poison.txtar"}
	described := 0
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range ar.Files {
			if f.Name != "call.http" || slices.Contains(strange, filepath.Base(file)) {
				continue
			}
			_, body, _ := strings.Cut(string(f.Data), "\n\n")
			if _, err := s.CheckRequest("PUT", "/_matrix/app/v1/transactions/35", "", []byte(body)); err != nil {
				t.Errorf("%s: %v", file, err)
			}
			var transaction struct{ Events []json.RawMessage }
			if err := json.Unmarshal([]byte(body), &transaction); err != nil {
				t.Fatal(err)
			}
			for _, event := range transaction.Events {
				known, err := s.CheckEvent(event)
				if err != nil {
					t.Errorf("%s: %v\n%s", file, err, event)
				}
				if known {
					described++
				}
			}
		}
	}
	if described < 20 {
		t.Errorf("only %d events are described", described)
	}
}

// The oracle judges: what is wrong is found.
func TestOracleFindsWhatIsWrong(t *testing.T) {
	s := spec(t)
	room := "/_matrix/client/v3/rooms/%21a:b"
	for _, test := range []struct{ name, method, path, query, body string }{
		{"an unknown call", "POST", room + "/knock", "", "{}"},
		{"another method", "POST", "/_matrix/client/v3/sync", "", ""},
		{"an unknown parameter", "GET", "/_matrix/client/v3/sync", "sinze=s1", ""},
		{"a parameter that is none of its values", "GET", "/_matrix/client/v3/sync", "set_presence=asleep", ""},
		{"a filter of another shape", "GET", "/_matrix/client/v3/sync", `filter={"room":{"timeline":{"limit":"x"}}}`, ""},
		{"a parameter that is missing", "GET", room + "/messages", "limit=5", ""},
		{"a body that is missing", "POST", room + "/invite", "", ""},
		{"a field that is missing", "POST", room + "/invite", "", "{}"},
		{"a field of another type", "POST", "/_matrix/client/v3/createRoom", "", `{"invite":"@a:b"}`},
		{"a preset that does not exist", "POST", "/_matrix/client/v3/createRoom", "", `{"preset":"secret_chat"}`},
	} {
		var body []byte
		if test.body != "" {
			body = []byte(test.body)
		}
		if _, err := s.CheckRequest(test.method, test.path, test.query, body); err == nil {
			t.Errorf("%s is let through", test.name)
		}
	}
	for _, content := range []string{`{"msgtype":"m.text"}`, `{"msgtype":"m.location","body":"x"}`, `{"msgtype":"m.image","body":"x","url":"https://a"}`, `{"body":"x"}`} {
		if s.CheckContent("m.room.message", []byte(content)) == nil {
			t.Errorf("%s is let through", content)
		}
	}
}
