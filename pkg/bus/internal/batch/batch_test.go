package batch

import (
	"context"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
)

// server answers the messages of a batch, one after the other, and notes what they say of it.
type server struct {
	answers []string
	said    []string
}

func (s *server) RequestMsgWithContext(_ context.Context, m *nats.Msg) (*nats.Msg, error) {
	s.said = append(s.said, m.Header.Get("Nats-Batch-Sequence")+m.Header.Get("Nats-Batch-Commit"))
	if m.Header.Get("Nats-Batch-Id") == "" || m.Header.Get("Nats-Expected-Stream") != "MESSAGES" {
		s.said = append(s.said, "of no batch, or for any stream")
	}
	answer := s.answers[0]
	s.answers = s.answers[1:]
	return &nats.Msg{Data: []byte(answer)}, nil
}

// TestOnlyAConfirmedBatchIsStored: the last message commits, and success is what the server has confirmed, now or to an earlier try. What is
// refused ends the batch at once.
func TestOnlyAConfirmedBatchIsStored(t *testing.T) {
	t.Parallel()
	const repeated, full = `{"error":{"code":400,"err_code":10201}}`, `{"error":{"code":503,"err_code":10077,"description":"maximum bytes exceeded"}}`
	for name, test := range map[string]struct {
		answers []string
		said    string // number, and 1 for commit, of each message
		err     string // "" for success
	}{
		"confirmed":              {[]string{"", "", `{"stream":"MESSAGES","seq":3}`}, "1 2 31", ""},
		"stored by an earlier":   {[]string{repeated}, "1", ""},
		"refused":                {[]string{"", full}, "1 2", "part 2 of 3"},
		"not confirmed":          {[]string{"", "", "{}"}, "1 2 31", "did not confirm"},
		"answered with nothing":  {[]string{"", "", ""}, "1 2 31", "cannot be read"},
		"answered with nonsense": {[]string{"x"}, "1", "cannot be read"},
	} {
		s := &server{answers: test.answers}
		var messages []*nats.Msg
		for range 3 {
			messages = append(messages, &nats.Msg{Header: nats.Header{}})
		}
		err := Publish(t.Context(), s, "MESSAGES", messages)
		if got := strings.Join(s.said, " "); got != test.said {
			t.Errorf("%s: said %q, want %q", name, got, test.said)
		}
		if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
