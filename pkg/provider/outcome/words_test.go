package outcome_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

func TestANetworksWordsAreShownWhereTheyHoldNothingPrivate(t *testing.T) {
	t.Parallel()
	private := []string{"+34600111222", "Hola Ana, tu pedido 1234 sale mañana", "Ana", "secret-token"}
	for words, want := range map[string]string{
		"BUTTON_URL_INVALID":                                     "BUTTON_URL_INVALID",
		"can't parse entities in message text":                   "can't parse entities in message text",
		"message is too long":                                    "message is too long",
		"Media upload error (131053).":                           "Media upload error (131053)",
		"The property, 'to', in the request":                     "The property …",
		`unsupported start tag "hola" at byte offset 3`:          "unsupported start tag …",
		"inline keyboard button URL http://x.example/a is wrong": "inline keyboard button URL http …",
		"first line\nHola Ana, tu pedido":                        "first line",
		"the order of tu pedido":                                 "",
		"not a number: 34600111222":                              "",
		"not a number: 34 600-111-222":                           "",
		"Ana has blocked you":                                    "",
		"bad SECRET-token given":                                 "",
		"":                                                       "",
		"404":                                                    "",
		"\"quoted from the start\"":                              "",
		"сообщение":                                              "",
		strings.Repeat("word ", 100):                             strings.Repeat("word ", 24) + "…",
		strings.Repeat("x", 500):                                 "",
		"ok\x00and hidden":                                       "ok …",
	} {
		if got := outcome.Plain(words, private...); got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}

func TestExplainAddsTheNetworksWordsToTheReason(t *testing.T) {
	t.Parallel()
	m := &messagev1.Message{Contact: &messagev1.Contact{Address: "user-77", Profile: &messagev1.Profile{FirstName: "Eva"}}, Content: content.Text("buenas")}
	account := []byte(`{"token": "t0ken", "more": ["other-secret"]}`)
	cause := errors.New("status 400")
	for words, want := range map[string]string{
		"":                        "refused (400)",
		"POLL_CLOSED":             "refused (400): POLL_CLOSED",
		"peer user-77 is unknown": "refused (400)",
		"Eva is away":             "refused (400)",
		"Buenas is no command":    "refused (400)",
		"bad t0ken":               "refused (400)",
		"bad other-secret":        "refused (400)",
	} {
		err := outcome.Explain(outcome.Quoting(words, outcome.Reject(reason.Untranslated("refused (400)"), cause)), m, account)
		f := outcome.Classify(err)
		if f.Reason.String() != want || f.Class != result.Rejected || !errors.Is(err, cause) {
			t.Errorf("%q: %q, class %v", words, f.Reason, f.Class)
		}
	}
	if err := outcome.Explain(cause, m, account); !errors.Is(err, cause) {
		t.Errorf("an error that nobody classified became %v", err)
	}
}
