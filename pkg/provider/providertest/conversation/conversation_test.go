package conversation

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConversationsThatSayNothingAreMistakes(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"no input":               {"-- account.json --\n{}\n", "holds no input"},
		"an output first":        {"-- events.json --\n[]\n", "before any input"},
		"an outcome of a call":   {"-- call.json --\n{}\n-- outcome.json --\n{}\n", "no file of that name follows call.json"},
		"a file of another name": {"-- check.json --\n{}\n-- anwser --\n200\n", "no file of that name follows check.json"},
		"no account":             {"-- check.json --\n{}\n", "no account"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "c.txtar")
			if err := os.WriteFile(file, []byte(test.text), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := Load(file); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestRequestsAreReadBack(t *testing.T) {
	c, err := Load("../testdata/conversation.txtar")
	if err != nil {
		t.Fatal(err)
	}
	requests := c.Requests()
	if len(requests) != 8 {
		t.Fatalf("%d requests", len(requests))
	}
	r := requests[0]
	if r.File != "conversation.txtar" || r.Line != "POST /send" || len(r.Header) != 2 || !strings.HasPrefix(r.Body, "{") {
		t.Errorf("%+v", r)
	}
	if method, target, header := r.Call(); method != "POST" || target != "/send" || header.Get("Authorization") != "Bearer <key>" {
		t.Errorf("%s %s %v", method, target, header)
	}
}
