package providertest

import (
	"slices"
	"time"

	"github.com/bonychat/puente/pkg/provider"
)

// Answers are a network's own ways to say what HTTP has a status for, each written as a conversation's answer. Where one
// is "", the status itself must be understood.
type Answers struct {
	// Wait asks to come back in seven seconds; default 429 with Retry-After: 7.
	Wait string
	// TooMany refuses for now and says no time; default 429.
	TooMany string
	// Unauthorized refuses the credential; default 401.
	Unauthorized string
	// Broken is a failure of the network's own; default 500.
	Broken string
}

// told is what [Answers.Wait] asks for.
const told = 7 * time.Second

// fault is another answer than the one that a conversation has, and what may become of it.
type fault struct {
	name, answer string
	right        []provider.Class
	// after is how long is waited, where the answer says so.
	after time.Duration
	// sends says that the fault is one for messages only.
	sends bool
}

func (k Kit) faults() []fault {
	either := func(own, status string) string {
		if own == "" {
			return status
		}
		return own
	}
	return []fault{
		{name: "a lost answer", answer: "drop", right: []provider.Class{provider.Unknown}},
		{name: "an answer that breaks off", answer: "cut", right: []provider.Class{provider.Unknown}, sends: true},
		{name: "no answer until the context ends", answer: "hold", right: []provider.Class{provider.Unknown}},
		{name: "a server error", answer: either(k.Answers.Broken, "500"), right: []provider.Class{provider.Retry, provider.Waiting}},
		{name: "an answer that cannot be read", answer: "200\nContent-Type: text/html\n\n<html></html>", right: []provider.Class{provider.Unknown, provider.Retry}, sends: true},
		{name: "a proxy's page", answer: "404\nContent-Type: text/html\n\n<html>404 Not Found</html>", right: []provider.Class{provider.Retry}, sends: true},
		{name: "a request to wait", answer: either(k.Answers.Wait, "429\nRetry-After: 7"), right: []provider.Class{provider.Waiting}, after: told},
		{name: "too many requests", answer: either(k.Answers.TooMany, "429"), right: []provider.Class{provider.Waiting, provider.Retry}},
		{name: "a refused credential", answer: either(k.Answers.Unauthorized, "401"), right: []provider.Class{provider.Suspended}},
	}
}

// faults plays an act that succeeded again, each time with one other answer. The last one decides: it is the one that
// told the ref. An earlier one may be of a request that can be done without.
func (s *stage) faults(r reporter, a *act) {
	r.Helper()
	if !a.succeeds() || len(a.answers) == 0 {
		return
	}
	for _, f := range s.kit.faults() {
		if f.sends && a.name != "message.json" {
			continue
		}
		for i := range a.answers {
			s.fault(r, a, f, i)
		}
	}
}

func (s *stage) fault(r reporter, a *act, f fault, at int) {
	r.Helper()
	answers := slices.Clone(a.answers)
	answers[at] = f.answer
	what := a.name + " with " + f.name
	_, err, ok := s.retry(r, a, answers)
	switch {
	case !ok:
	case err == nil && at == len(answers)-1:
		r.Errorf("%s: %s is taken for success", a.name, f.name)
	case err == nil:
	default:
		s.judge(r, what, err)
		right := f.right
		if a.name != "message.json" && slices.Contains(right, provider.Unknown) {
			right = append(slices.Clone(right), provider.Retry) // it may be repeated
		}
		if a.name == "fetch.json" { // it is tried for a minute, and links to files have credentials of their own
			right = append(slices.Clone(right), provider.Retry)
			if slices.Contains(right, provider.Suspended) {
				right = append(right, provider.Rejected)
			}
		}
		failed := provider.Classify(err)
		switch {
		case at < len(answers)-1:
		case !slices.Contains(right, failed.Class):
			r.Errorf("%s: %s is %s", a.name, f.name, classes[failed.Class])
		case f.after > 0 && failed.Class == provider.Waiting && (failed.After < f.after || failed.After > f.after+time.Second):
			r.Errorf("%s: %s of %s waits for %s", a.name, f.name, f.after, failed.After)
		}
	}
}

// retry plays an act for itself, as it was when the conversation came to it, against other answers.
func (s *stage) retry(r reporter, a *act, answers []string) (requests []string, err error, ok bool) {
	r.Helper()
	fresh, err := s.again()
	if err != nil {
		r.Errorf("%s: %v", a.name, err)
		return nil, nil, false
	}
	defer fresh.close()
	fresh.raw = true
	fresh.replies.like(&a.before)
	heard := &noting{reporter: r}
	_, err = fresh.act(heard, a, answers)
	requests, _, _ = fresh.server.seen()
	return requests, err, !heard.any
}

// noting notes that something was reported.
type noting struct {
	reporter
	any bool
}

func (h *noting) Errorf(format string, args ...any) {
	h.any = true
	h.reporter.Errorf(format, args...)
}
