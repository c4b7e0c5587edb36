package matrix_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// The events that the conversations receive are those that the specification describes, as far as it describes them.
func TestReceivedEventsAreThoseOfTheSpecification(t *testing.T) {
	files, err := filepath.Glob("testdata/in_*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	s := spec(t)
	// what is not as it is specified, for that is what they are about
	strange := []string{"in_batch.txtar", "in_body.txtar", "in_odd.txtar", "in_poison.txtar"}
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
