package customchannel

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecodeAnswerJudgesStatusAndBody(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		body   string
		want   string // the mId
		err    []string
	}{
		{"taken", 200, `{"mId":"m","more":1}`, "m", nil},
		{"taken with a number", 200, `{"mId":5}`, "", []string{"mId type"}},
		{"taken with an empty mId", 200, `{"mId":""}`, "", []string{"mId required"}},
		{"taken with a refusal's body", 200, `{"error":{"message":"no"}}`, "", []string{"mId required"}},
		{"created is not success", 201, `{"mId":"m"}`, "", []string{"status enum"}},
		{"moved", 302, ``, "", []string{"status enum"}},
		{"refused without a body", 404, ``, "", []string{"body required"}},
		{"refused by a proxy's page", 502, `<html>`, "", []string{"body syntax"}},
		{"refused without error", 400, `{}`, "", []string{"error required"}},
		{"refused with error null", 400, `{"error":null}`, "", []string{"error type"}},
		{"refused with an empty message", 400, `{"error":{"message":""}}`, "", []string{"error.message required"}},
		{"refused with an object for message", 400, `{"error":{"message":{}}}`, "", []string{"error.message type"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			mID, err := DecodeAnswer(test.status, []byte(test.body))
			if mID != test.want {
				t.Errorf("mId %q, want %q", mID, test.want)
			}
			if diff := cmp.Diff(test.err, summary(t, err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRefusalKeepsItsMessageOutOfTheError(t *testing.T) {
	for _, test := range []struct{ name, give, want string }{
		{"text", "Número no válido", "Número no válido"},
		{"nothing to say", "", "refused"},
		{"not UTF-8", "a\xff", "a\ufffd"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := DecodeAnswer(503, EncodeRefusal(test.give))
			var refusal *Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("err = %v", err)
			}
			if diff := cmp.Diff(&Refusal{Status: 503, Message: test.want}, refusal); diff != "" {
				t.Error(diff)
			}
			if err.Error() != "refused with status 503" {
				t.Errorf("error %q", err)
			}
		})
	}
}

func TestEncodeAcceptedChecksTheMID(t *testing.T) {
	for mID, fits := range map[string]bool{"": false, "m": true, strings.Repeat("m", 50): true, strings.Repeat("m", 51): false, "\xff": false} {
		if _, err := EncodeAccepted(mID); (err == nil) != fits {
			t.Errorf("an mId of %d bytes: %v", len(mID), err)
		}
	}
}
