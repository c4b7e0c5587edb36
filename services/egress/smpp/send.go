package smpp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// Send implements [provider.Sender]. The parts of a long text go one after the other; those that were taken before a try failed
// do not go again, as long as the process lives. The phone knows those by their header that do.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (sent provider.Sent, err error) {
	to := m.GetContact().GetAddress()
	text, ok := m.GetContent().GetKind().(*messagev1.Content_Text)
	switch {
	case !ok:
		return sent, outcome.Reject(textsOnly, fmt.Errorf("content %T", m.GetContent().GetKind()))
	case strings.TrimSpace(text.Text.GetBody()) == "":
		return sent, outcome.Reject(empty, nil)
	case !number.MatchString(to) && !code.MatchString(to):
		return sent, outcome.Reject(noNumber, errors.New("not a number"))
	}
	on, err := s.login.session(ctx, s)
	if err != nil {
		return sent, err
	}
	key := provider.IdempotencyKey(m)
	all := s.account.messages(to, text.Text.GetBody(), key)
	for i := s.parts.taken(key); i < len(all); i++ {
		id, err := submit(ctx, on, all[i])
		if err != nil {
			return sent, err
		}
		if i < len(all)-1 {
			s.parts.take(key, i+1)
			continue
		}
		sent.Ref = s.account.refOfAnswer(id)
	}
	s.parts.forget(key)
	return sent, nil
}

// submit sends one submit_sm and returns the SMSC's id for it (4.4).
func submit(ctx context.Context, on *session, m pdu.Message) (id string, err error) {
	select {
	case on.window <- struct{}{}:
		defer func() { <-on.window }()
	case <-ctx.Done():
		return "", outcome.Temporary(throttled.With("code", "window"), ctx.Err())
	case <-on.lost:
		return "", outcome.Temporary(lostSession, errNotSaid)
	}
	got, err := on.ask(ctx, pdu.SubmitSM, m.Bytes())
	switch {
	case errors.Is(err, errNotSaid) && ctx.Err() != nil: // others before it are not taken
		return "", outcome.Temporary(noAnswer, err)
	case errors.Is(err, errNotSaid):
		return "", outcome.Temporary(lostSession, err)
	case errors.Is(err, errLost):
		return "", outcome.UncertainBecause(lostSession, err)
	case err != nil:
		return "", outcome.UncertainBecause(noAnswer, err)
	case got.Status != pdu.OK && (got.Command == pdu.SubmitSM.Response() || got.Command == pdu.GenericNack):
		return "", judgeSubmit(got.Status)
	case got.Command != pdu.SubmitSM.Response():
		return "", outcome.UncertainBecause(strangeAnswer, errors.New("the answer is of another kind"))
	}
	answer, err := pdu.ParseAnswer(got.Body)
	if err != nil {
		return "", outcome.UncertainBecause(strangeAnswer, err)
	}
	return strings.ToValidUTF8(strings.TrimSpace(answer.ID), "?"), nil
}

// mostProgress bounds the messages whose parts are remembered.
const mostProgress = 1000

// progress is how many parts of messages were taken whose last part was not yet. It is safe for concurrent use; its zero
// value is empty.
type progress struct {
	mu  sync.Mutex
	sum map[string]int
}

func (p *progress) taken(key string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sum[key]
}

func (p *progress) take(key string, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sum == nil {
		p.sum = map[string]int{}
	}
	if _, known := p.sum[key]; !known && len(p.sum) >= mostProgress {
		for other := range p.sum { // any will do: its parts go again, and the phone knows them
			delete(p.sum, other)
			break
		}
	}
	p.sum[key] = n
}

func (p *progress) forget(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.sum, key)
}
