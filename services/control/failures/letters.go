// Package failures shows what did not arrive and brings it back: the FailureService of the control API.
package failures

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/services/control/backward"
	"github.com/bonychat/puente/services/control/contact"
)

// kindOf is how it is known that what a letter holds failed.
func kindOf(k deadletter.Kind) controlv1.FailureKind {
	switch k {
	case deadletter.Call:
		return controlv1.FailureKind_FAILURE_KIND_UNREADABLE
	case deadletter.Status:
		return controlv1.FailureKind_FAILURE_KIND_STATUS
	default:
		return controlv1.FailureKind_FAILURE_KIND_REFUSED
	}
}

// failureOf is a letter as the API shows it.
func failureOf(l deadletter.Whole) *controlv1.Failure {
	x := &controlv1.Failure{
		Number: l.Sequence, Kind: kindOf(l.Kind), Id: l.ID, Key: l.Key, Network: l.Network, Channel: l.Channel,
		Time: timestamppb.New(l.At), Why: l.Why.Proto(), Service: l.Service, TraceId: l.TraceID,
	}
	if address := topology.MessageOf(l.Event).GetContact().GetAddress(); address != "" {
		x.Contact = contact.Shortened(address)
	}
	return x
}

// picker chooses failures by a filter.
type picker struct {
	*controlv1.FailureFilter
	keys map[string]bool // nil for any
	ids  map[string]bool // of the contact's messages; nil for any
}

func (s *Service) picker(ctx context.Context, f *controlv1.FailureFilter) (p picker, err error) {
	p = picker{FailureFilter: f}
	if len(f.GetKeys()) > 0 {
		p.keys = make(map[string]bool, len(f.GetKeys()))
		for _, key := range f.GetKeys() {
			p.keys[key] = true
		}
	}
	p.ids, err = s.ofContact(ctx, f)
	return p, err
}

// matches says that a failure is one of those that are chosen.
func (f picker) matches(x *controlv1.Failure) bool {
	at := x.GetTime().AsTime()
	switch {
	case f.keys != nil && !f.keys[x.GetKey()] && !f.keys[x.GetId()],
		f.ids != nil && !f.ids[x.GetId()],
		f.GetChannel() != "" && f.GetChannel() != x.GetChannel(),
		f.GetNetwork() != "" && f.GetNetwork() != x.GetNetwork(),
		f.GetFault() != 0 && f.GetFault() != x.GetWhy().GetFault(),
		f.GetKind() != 0 && f.GetKind() != x.GetKind(),
		f.GetSince() != nil && at.Before(f.GetSince().AsTime()),
		f.GetUntil() != nil && !at.Before(f.GetUntil().AsTime()),
		f.GetKey() != "" && f.GetKey() != x.GetKey() && f.GetKey() != x.GetId(),
		f.GetNumber() != 0 && f.GetNumber() != x.GetNumber():
		return false
	}
	return f.GetReason() == "" || says(x, f.GetReason())
}

// says that the reason of a failure has a code, or the words in one of its sentences.
func says(x *controlv1.Failure, words string) bool {
	why := x.GetWhy()
	if why.GetCode() == words {
		return true
	}
	words = strings.ToLower(words)
	return strings.Contains(strings.ToLower(why.GetEn()), words) || strings.Contains(strings.ToLower(why.GetEs()), words)
}

// hasLetters says that a filter may choose dead letters.
func hasLetters(f *controlv1.FailureFilter) bool {
	return f.GetKind() != controlv1.FailureKind_FAILURE_KIND_RECEIPT
}

// hasReceipts says that a filter may choose what failed by a receipt.
func hasReceipts(f *controlv1.FailureFilter) bool {
	return f.GetNumber() == 0 && (f.GetKind() == 0 || f.GetKind() == controlv1.FailureKind_FAILURE_KIND_RECEIPT)
}

// errOlder ends a reading: what follows is older than was asked for.
var errOlder = errors.New("older")

// letters tells the dead letters that a filter chooses, the newest first, before a number. [bus.ErrStop] of take ends it. next
// is the number before which it goes on, 0 for the end.
func (s *Service) letters(ctx context.Context, f *controlv1.FailureFilter, before uint64, take func(deadletter.Whole, *controlv1.Failure) error) (next uint64, err error) {
	pick, err := s.picker(ctx, f)
	if err != nil {
		return 0, err
	}
	filter := deadletter.Filter(f.GetNetwork(), f.GetChannel())
	if err := bus.CheckFilter(filter); err != nil {
		return 0, connect.NewError(connect.CodeInvalidArgument, fmt.Errorf("filter.channel, filter.network: %w", err))
	}
	if n := f.GetNumber(); n > 0 {
		before = cmp.Or(before, n+1)
	}
	next, err = backward.Read(ctx, s.Bus, topology.Dead.Name, filter, before, func(m *bus.Message) error {
		if f.GetSince() != nil && m.Stored.Before(f.GetSince().AsTime()) || m.Sequence < f.GetNumber() {
			return errOlder
		}
		l := deadletter.Open(m)
		x := failureOf(l)
		if !pick.matches(x) {
			return nil
		}
		return take(l, x)
	})
	if errors.Is(err, errOlder) {
		return 0, nil
	}
	return next, err
}
