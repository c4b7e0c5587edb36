package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/secret"
)

const hidden = "S3CRET"

// account is how credentials stand in a network's configuration; the lower-case field is one that fmt looks into all the same.
type account struct {
	Token  secret.Text
	Old    *secret.Text
	Keys   secret.Texts
	inside secret.Text
}

// Whatever prints a secret, in whatever it is, does not tell it.
func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	text := secret.Hide(hidden)
	a := account{Token: text, Old: &text, Keys: secret.HideTexts(hidden, hidden), inside: text}
	for _, value := range []any{text, &text, a, &a, []secret.Text{text}, map[string]any{"a": a}, struct{ any }{a}, fmt.Errorf("with %v", a)} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if out := fmt.Sprintf(verb, value); strings.Contains(out, hidden) || strings.Contains(out, fmt.Sprintf("%x", hidden)) {
				t.Errorf("%s of a %T: %s", verb, value, out)
			}
		}
		data, err := json.Marshal(value)
		if err == nil && strings.Contains(string(data), hidden) {
			t.Errorf("JSON of a %T: %s", value, data)
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("m", "v", value)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "v", value)
		if strings.Contains(log.String(), hidden) {
			t.Errorf("the log of a %T: %s", value, log.String())
		}
	}
	if text.Reveal() != hidden || a.inside.Reveal() != hidden {
		t.Error("nor does Reveal")
	}
}

func TestACredentialIsOneTextOrSeveral(t *testing.T) {
	t.Parallel()
	for written, want := range map[string][]string{
		`"a"`: {"a"}, `["b", "a"]`: {"b", "a"}, `[]`: {}, `""`: nil, `null`: nil,
	} {
		got := secret.HideTexts("before")
		if err := json.Unmarshal([]byte(written), &got); err != nil || !slices.Equal(got.Reveal(), want) {
			t.Errorf("%s: %q, %v", written, got.Reveal(), err)
		}
		first := ""
		if len(want) > 0 {
			first = want[0]
		}
		if got.First() != first {
			t.Errorf("%s: the first is %q", written, got.First())
		}
	}
	for _, written := range []string{`5`, `{"a": "S3CRET"}`, `["S3CRET", 5]`} {
		var got secret.Texts
		if err := json.Unmarshal([]byte(written), &got); err == nil || strings.Contains(err.Error(), hidden) {
			t.Errorf("%s: %v", written, err)
		}
	}
	var none secret.Text
	if none.Reveal() != "" {
		t.Error("the zero value holds something")
	}
}
