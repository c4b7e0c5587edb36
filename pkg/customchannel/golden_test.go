package customchannel

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// payload is one file of testdata with its notes taken out.
type payload struct {
	name                    string // without .json
	body                    []byte
	direction, rule, expect string
}

// payloads reads a folder of testdata and fails where fewer files are there than
// the contract came with.
func payloads(t testing.TB, folder string, atLeast int) []payload {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.json"))
	if err != nil || len(files) < atLeast {
		t.Fatalf("%d files in %s (%v), want %d or more", len(files), folder, err, atLeast)
	}
	var list []payload
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(data, &fields); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		p := payload{name: strings.TrimSuffix(filepath.Base(file), ".json")}
		notes := map[string]*string{"_direction": &p.direction, "_rule": &p.rule, "_expect": &p.expect}
		for key, value := range fields {
			if !strings.HasPrefix(key, "_") {
				continue
			}
			if note := notes[key]; note != nil {
				if err := json.Unmarshal(value, note); err != nil {
					t.Fatalf("%s: %s: %v", file, key, err)
				}
			}
			delete(fields, key)
		}
		if p.body, err = json.Marshal(fields); err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// idType is the type of the channel that a payload comes from: the rule says it,
// or else the look of its contactId.
func (p payload) idType() IDType {
	var fields struct{ ContactID string }
	_ = json.Unmarshal(p.body, &fields)
	switch {
	case p.rule == "contactId.phone", strings.HasPrefix(fields.ContactID, "+"):
		return Phone
	}
	return Custom
}

// status is what a response came with: the name of a sample ends with it, and the
// rule of a bad one says which kind it was to be.
func (p payload) status() int {
	if n, err := strconv.Atoi(p.name[strings.LastIndexByte(p.name, '_')+1:]); err == nil {
		return n
	}
	if strings.HasPrefix(p.rule, "resp.error") {
		return 401
	}
	return 200
}

func sameJSON(t *testing.T, want, got []byte) {
	t.Helper()
	var w, g any
	if err := json.Unmarshal(want, &w); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(got, &g); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w, g); diff != "" {
		t.Errorf("encoded body differs (-sample +encoded):\n%s", diff)
	}
}

func TestSamplesPassAndRoundTrip(t *testing.T) {
	for _, p := range payloads(t, "samples", 30) {
		t.Run(p.name, func(t *testing.T) {
			switch strings.SplitN(p.name, "_", 2)[0] {
			case "in", "boundary":
				first := must(DecodePost(p.body, p.idType()))(t)
				encoded := must(EncodePost(first, p.idType()))(t)
				sameJSON(t, p.body, encoded)
				if diff := cmp.Diff(first, must(DecodePost(encoded, p.idType()))(t)); diff != "" {
					t.Error(diff)
				}
			case "out":
				first := must(DecodeSend(p.body))(t)
				if err := p.idType().Check(first.ContactID); err != nil {
					t.Error(err)
				}
				encoded := must(EncodeSend(first))(t)
				sameJSON(t, p.body, encoded)
				if diff := cmp.Diff(first, must(DecodeSend(encoded))(t)); diff != "" {
					t.Error(diff)
				}
			case "resp":
				answerRoundTrip(t, p)
			default:
				t.Fatal("no test covers this file: its name says no direction")
			}
		})
	}
}

func answerRoundTrip(t *testing.T, p payload) {
	mID, err := DecodeAnswer(p.status(), p.body)
	if p.status() == 200 {
		if err != nil {
			t.Fatal(err)
		}
		sameJSON(t, p.body, must(EncodeAccepted(mID))(t))
		return
	}
	refusal, ok := err.(*Refusal)
	if !ok || refusal.Status != p.status() {
		t.Fatalf("err = %v, want a Refusal with status %d", err, p.status())
	}
	sameJSON(t, p.body, EncodeRefusal(refusal.Message))
}

func TestBadPayloadsAreRefusedByField(t *testing.T) {
	for _, p := range payloads(t, "bad", 73) {
		t.Run(p.name, func(t *testing.T) {
			var err error
			switch p.direction {
			case "inbound":
				_, err = DecodePost(p.body, p.idType())
			case "outbound":
				_, err = DecodeSend(p.body)
			case "response":
				_, err = DecodeAnswer(p.status(), p.body)
			default:
				t.Fatalf("no test covers direction %q", p.direction)
			}
			problems, ok := err.(Problems)
			if !ok {
				t.Fatalf("err = %v, want Problems", err)
			}
			// Each file breaks one rule, except that a nested location lacks both halves.
			if want := 1; len(problems) != want && p.name != "location_nested" {
				t.Errorf("%d problems, want %d: %v", len(problems), want, err)
			}
			field, limit := expectation(t, p)
			if got := problems[0]; got.Field != field || !strings.Contains(got.Limit, limit) {
				t.Errorf("problem %+v, want field %s with limit %q", got, field, limit)
			}
			if text := err.Error(); !strings.Contains(text, field) || !strings.Contains(text, limit) {
				t.Errorf("error %q does not name field %s and limit %q", text, field, limit)
			}
			noValues(t, p.body, err)
		})
	}
}

// must returns a function that gives the value, or fails the test.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
