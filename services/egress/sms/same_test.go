package sms_test

import (
	"cmp"
	"encoding/json"
	"path/filepath"
	"regexp"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var (
	credential = regexp.MustCompile(`<(api_key|auth_token|password)>`)
	callback   = regexp.MustCompile(`(?m)^ *"StatusCallback".*\n`) // it names the network, and another secret
)

// A declaration of ClickSend and one of Twilio are as good as their networks: in the same conversations they make the same
// requests, and messages, receipts and refusals mean the same. What the conversations say in words is their own.
func TestADeclarationDoesWhatTheNetworkDoes(t *testing.T) {
	for dir, network := range map[string]string{"testdata": "clicksend", filepath.Join("testdata", "twilio"): "twilio"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
		if err != nil || len(files) < 7 {
			t.Fatalf("%s: %v, %v", dir, files, err)
		}
		for _, file := range files {
			ours, theirs := meaning(t, file), meaning(t, filepath.Join("..", network, "testdata", filepath.Base(file)))
			if diff := gocmp.Diff(theirs, ours); diff != "" {
				t.Errorf("%s (-network +declaration):\n%s", file, diff)
			}
		}
	}
}

// meaning is what a conversation comes to, without its reasons and the keys of its events.
func meaning(t *testing.T, file string) (out []any) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		switch f.Name {
		case "request":
			out = append(out, callback.ReplaceAllString(credential.ReplaceAllString(string(f.Data), "<secret>"), ""))
		case "outcome.json":
			var o struct{ Class, Scope, After, Ref string }
			decode(t, file, f.Data, &o)
			out = append(out, o)
		case "events.json":
			var events []struct {
				Contact struct{ Address string }
				Content struct{ Text struct{ Body string } }
				Receipt struct{ Ref, Status string }
				Ignored string
			}
			if json.Unmarshal(f.Data, &events) != nil {
				out = append(out, "unreadable")
				continue
			}
			for _, e := range events {
				if cmp.Or(e.Contact.Address, e.Receipt.Ref, e.Ignored) == "" {
					out = append(out, "unreadable")
					continue
				}
				out = append(out, e)
			}
		}
	}
	return out
}

func decode(t *testing.T, file string, data []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
