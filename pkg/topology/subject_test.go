package topology_test

import (
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/topology"
)

// built are all subjects that this package builds for a network, a channel and a token.
func built(far, channel, token string) map[string]string {
	return map[string]string{
		"WEBHOOKS_" + far: topology.WebhookSubject(far, channel),
		"EGRESS_" + far:   topology.EgressSubject(far, channel),
		"OUTCOMES_" + far: topology.OutcomeSubject(far, channel, token),
		"MESSAGES":        topology.MessageSubject(far, channel, token),
		"JOURNAL":         topology.JournalSubject(far, channel),
		"DEAD":            topology.DeadSubject(token, far, channel),
		"SENT":            topology.SentSubject(far, channel, token),
		"INDEX seen":      topology.SeenSubject(far, channel, token),
		"INDEX ref":       topology.RefSubject(far, channel, token),
		"INDEX early":     topology.EarlySubject(far, channel, token),
		"INDEX open":      topology.OpenSubject(far, channel, token),
		"INDEX mark":      topology.MarkSubject(far, channel, token),
		"INDEX call":      topology.CallSubject(far, channel, token),
	}
}

// check holds what is parsed against what was built.
func check(t *testing.T, far, channel, token string) {
	t.Helper()
	for where, subject := range built(far, channel, token) {
		stream, _, _ := strings.Cut(where, " ")
		if got := topology.StreamOf(subject); got != stream {
			t.Errorf("%s belongs to %s, want %s", subject, got, stream)
		}
		if f, c := topology.PlaceOf(subject); f != far || c != channel {
			t.Errorf("%s names %q and %q, want %q and %q", subject, f, c, far, channel)
		}
		s, ok := topology.Declared(stream)
		if !ok || s.Name != stream {
			t.Errorf("%s is not declared", stream)
			continue
		}
		if !matches(s.Subjects, subject) {
			t.Errorf("%s does not take %s", stream, subject)
		}
		held := 0
		for _, p := range topology.PartitionsOf(s) {
			if matches([]string{p.Filter}, subject) {
				held++
			}
		}
		if all := len(topology.PartitionsOf(s)); all > 0 && held != 1 {
			t.Errorf("%s is in %d of %d partitions", subject, held, all)
		}
	}
	if got := topology.OutcomeKey(topology.OutcomeSubject(far, channel, token)); got != token {
		t.Errorf("key %q, want %q", got, token)
	}
	for subject, channel := range map[string]string{
		topology.LaneSubject(far, channel): channel, topology.CheckSubject(far): "", topology.DecodeSubject(far): "",
	} {
		if f, c := topology.PlaceOf(subject); f != far || c != channel || topology.StreamOf(subject) != "" {
			t.Errorf("%s names %q and %q, stored in %q", subject, f, c, topology.StreamOf(subject))
		}
	}
	state := topology.StateSubject(channel, token)
	if _, c := topology.PlaceOf(state); c != channel || topology.StreamOf(state) != "INDEX" {
		t.Errorf("%s names channel %q", state, c)
	}
}

// matches says that one of the filters, which end in ">", covers a subject.
func matches(filters []string, subject string) bool {
	for _, f := range filters {
		if strings.HasPrefix(subject, strings.TrimSuffix(f, ">")) {
			return true
		}
	}
	return false
}

func TestSubjectsLeadBackToWhatTheyWereBuiltOf(t *testing.T) {
	t.Parallel()
	for _, far := range []string{"telegram", topology.Platform} {
		check(t, far, "chn_01", "abc-1-0")
	}
}

func TestForeignSubjectsNameNothing(t *testing.T) {
	t.Parallel()
	for _, subject := range []string{"", "egress", "bell.telegram.ch", "outcome.telegram.1.ch", ".", "dead.x"} {
		if key := topology.OutcomeKey(subject); key != "" {
			t.Errorf("%q has the key %q", subject, key)
		}
		if _, channel := topology.PlaceOf(subject); channel != "" && channel != "ch" {
			t.Errorf("%q names the channel %q", subject, channel)
		}
	}
	if _, ok := topology.Declared("KV_LEASES"); ok {
		t.Error("a bucket is no stream of a deployment")
	}
}

// token makes one token of a subject of any text.
func token(text string) string {
	text = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return 'x'
	}, text)
	if text == "" {
		return "x"
	}
	return text
}

func FuzzSubjects(f *testing.F) {
	f.Add("telegram", "chn_01", "abc-1-0")
	f.Add("x", "", "r-")
	f.Fuzz(func(t *testing.T, far, channel, key string) { check(t, token(far), token(channel), token(key)) })
}

func FuzzForeignSubjects(f *testing.F) {
	f.Add("outcome.telegram.1.ch.key")
	f.Fuzz(func(t *testing.T, subject string) {
		far, channel := topology.PlaceOf(subject)
		if far != "" && !strings.Contains(subject, far) || !strings.Contains(subject, channel) {
			t.Errorf("%q names %q and %q", subject, far, channel)
		}
		topology.StreamOf(subject)
		topology.OutcomeKey(subject)
	})
}
