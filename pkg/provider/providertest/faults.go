package providertest

import (
	"slices"

	"github.com/bonychat/puente/pkg/provider"
)

// faults plays a message that was sent again, each time with another last answer: the one that told the ref.
func (s *stage) faults(r reporter, a *act) {
	r.Helper()
	if a.name != "message.json" || len(a.answers) == 0 {
		return
	}
	for _, f := range []struct {
		name, answer string
		right        []provider.Class
	}{
		{"a lost answer", "drop", []provider.Class{provider.Unknown}},
		{"a server error", "500", []provider.Class{provider.Retry, provider.Waiting}},
		{"an answer that cannot be read", "200\nContent-Type: text/html\n\n<html></html>", []provider.Class{provider.Unknown, provider.Retry}},
	} {
		fresh, err := s.again()
		if err != nil {
			r.Errorf("%s: %v", f.name, err)
			return
		}
		fresh.replies.like(&a.before) // it is tried for the first time there too
		answers := slices.Clone(a.answers)
		answers[len(answers)-1] = f.answer
		_, err = fresh.act(r, a, answers)
		fresh.close()
		if err == nil {
			r.Errorf("%s: %s is taken for success", a.name, f.name)
			continue
		}
		fresh.judge(r, a.name+" with "+f.name, err)
		if class := provider.Classify(err).Class; !slices.Contains(f.right, class) {
			r.Errorf("%s: %s is %s", a.name, f.name, classes[class])
		}
	}
}
