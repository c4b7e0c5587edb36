package providertest

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
)

// strictly is a description that has something against a request.
type strictly func(conversation.Request) error

func (strictly) Operations() []string { return []string{"SEND", "ERASE"} }

func (s strictly) Check(r conversation.Request) (string, error) {
	if r.Line != "POST /send" {
		return "", nil
	}
	return "SEND", s(r)
}

func TestOraclesAreAsked(t *testing.T) {
	for name, test := range map[string]struct {
		judge strictly
		want  string
	}{
		"an operation that no conversation calls": {func(conversation.Request) error { return nil }, "no conversation calls ERASE"},
		"a request that a conversation expects": {func(r conversation.Request) error {
			if strings.Contains(r.Body, "On its way") {
				return errors.New("no way")
			}
			return nil
		}, "conversation.txtar: POST /send: by the vendor's description no way"},
		"a request at a limit": {func(r conversation.Request) error {
			var body struct{ Text string }
			if json.Unmarshal([]byte(r.Body), &body) != nil || len(utf16.Encode([]rune(body.Text))) >= 60 {
				return errors.New("too long")
			}
			return nil
		}, "a text of exactly 60 utf16 (Carries.Text): by the vendor's description too long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (Kit{Oracle: test.judge}).try(t, toy).String(); !strings.Contains(got, test.want) {
				t.Errorf("the kit says %q, want %q", got, test.want)
			}
		})
	}
}

// Where a network says in its own way what HTTP has a status for, that is what it is held to.
func TestAnswersOfItsOwn(t *testing.T) {
	t.Parallel()
	own := judged(func(_ account, _ *messagev1.Message, r *httpclient.Response, _ error) error {
		var out struct{ Code string }
		if r == nil || json.Unmarshal(r.Body, &out) != nil {
			return nil
		}
		switch out.Code {
		case "slow":
			return outcome.Wait(told, outcome.Account, nil)
		case "key":
			return outcome.Suspend(why("the key is no good"), nil)
		case "down":
			return outcome.Temporary(why("down"), nil)
		case "full":
			return outcome.Wait(0, outcome.Channel, nil)
		default:
			return nil
		}
	})
	k := Kit{Answers: Answers{
		Wait: `200` + "\n\n" + `{"id": "r1", "code": "slow"}`, Unauthorized: `200` + "\n\n" + `{"id": "r1", "code": "key"}`,
		Broken: `200` + "\n\n" + `{"id": "r1", "code": "down"}`, TooMany: `200` + "\n\n" + `{"id": "r1", "code": "full"}`,
	}}
	for _, line := range k.try(t, own).heard {
		if strings.HasPrefix(line, "message.json") {
			t.Errorf("a network that keeps to its own answers: %s", line)
		}
	}
	got := k.try(t, toy).String()
	for _, want := range []string{
		"message.json: a request to wait is taken for success", "message.json: too many requests is taken for success",
		"message.json: a refused credential is taken for success", "message.json: a server error is taken for success",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the kit says %q, want %q", got, want)
		}
	}
}

func TestPartsOfOneMessageAreNoBatch(t *testing.T) {
	t.Parallel()
	parts := telling(func(i int, e *provider.Event) {
		if e.Content != nil {
			e.Key = string(rune('a' + i))
		}
	})
	if got := (Kit{Whole: []string{"events"}}).try(t, parts).String(); strings.Contains(got, "alone is another event") {
		t.Errorf("the kit says %q", got)
	}
}
