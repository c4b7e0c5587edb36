package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
)

// ErrUnfit means that this version of the program cannot work with a stream as it is. Waiting does not help: an operator has to run
// "puente apply". The error that wraps it names the stream and what is wrong.
var ErrUnfit = errors.New("puente apply of this version puts it right")

// Verify compares streams with what this version of the program needs. It fails with [ErrUnfit] where it cannot work with a stream: one
// that is not there, does not take all subjects, or has another retention. differences tells in words what it can work with but would
// have otherwise, such as a lower limit; more than is needed is no difference. How many bytes a stream needs is what the last [Apply]
// has stored of its plan. An error without ErrUnfit means that the broker could not be asked. It changes nothing, and costs a request
// for each stream and one for the plan.
func Verify(ctx context.Context, b *bus.Bus, streams ...topology.Stream) (differences []string, err error) {
	made, err := planned(ctx, b)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, s := range streams {
		plan, known := made[s.Name]
		if s.Name == topology.Sent.Name && made != nil && !known {
			continue // there is to be none
		}
		info, err := b.JetStream().Stream(ctx, s.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			errs = append(errs, fmt.Errorf("stream %s is not there: %w", s.Name, ErrUnfit))
			continue
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("stream %s: %w", s.Name, err))
			continue
		}
		have := info.CachedInfo().Config
		if known {
			s.MaxBytes, s.MaxAge = plan.MaxBytes, plan.MaxAge
		} else {
			s.MaxBytes = have.MaxBytes // made for nobody that is known
		}
		wrong, less := compare(configOf(s, 0), have)
		if len(wrong) > 0 {
			errs = append(errs, fmt.Errorf("stream %s %s: %w", s.Name, strings.Join(wrong, ", "), ErrUnfit))
		}
		for _, l := range less {
			differences = append(differences, fmt.Sprintf("stream %s %s", s.Name, l))
		}
	}
	return differences, errors.Join(errs...)
}

// compare says what is wrong with a stream, and what is less than is needed or unlike it. Each text follows the stream's name. What
// is wrong keeps a service from its work; what is less is logged once at its start, since a person may have chosen it.
// What it does not look at, such as replicas and placement, is the operator's to choose.
func compare(need, have jetstream.StreamConfig) (wrong, less []string) {
	for _, subject := range need.Subjects {
		if !slices.ContainsFunc(have.Subjects, func(s string) bool { return covers(s, subject) }) {
			wrong = append(wrong, "does not take "+subject)
		}
	}
	// a work queue, as earlier versions had, gives up what is acknowledged: readers by position do not fit it
	if have.Retention != need.Retention {
		wrong = append(wrong, fmt.Sprintf("has retention %s instead of %s", have.Retention, need.Retention))
	}
	// a limit that is higher than needed, or none, keeps more than was asked for: that is no fault
	atLeast := func(what string, have, need int64, show func(int64) string) {
		switch {
		case have <= 0: // no limit
		case need <= 0:
			less = append(less, fmt.Sprintf("has %s %s instead of none", what, show(have)))
		case have < need:
			less = append(less, fmt.Sprintf("has %s %s instead of %s", what, show(have), show(need)))
		}
	}
	number := func(n int64) string { return fmt.Sprint(n) }
	atLeast("max age", int64(have.MaxAge), int64(need.MaxAge), func(n int64) string { return time.Duration(n).String() })
	atLeast("max bytes", have.MaxBytes, need.MaxBytes, number)
	atLeast("max messages", have.MaxMsgs, need.MaxMsgs, number)
	atLeast("max consumers", int64(have.MaxConsumers), int64(need.MaxConsumers), number)
	atLeast("max message size", int64(have.MaxMsgSize), int64(need.MaxMsgSize), number)
	// another number is a difference either way: INDEX keeps one message of a subject, a queue as many as a channel may have waiting
	if limit(have.MaxMsgsPerSubject) != limit(need.MaxMsgsPerSubject) {
		less = append(less, fmt.Sprintf("keeps %s messages of a subject instead of %s", limit(have.MaxMsgsPerSubject), limit(need.MaxMsgsPerSubject)))
	}
	if have.Discard != need.Discard || have.DiscardNewPerSubject != need.DiscardNewPerSubject {
		less = append(less, fmt.Sprintf("%s instead of %s", full(have), full(need)))
	}
	// records that are to be forgotten would stay, and parts of a message could not be stored together
	if need.AllowMsgTTL && !have.AllowMsgTTL {
		less = append(less, "allows no time to live per message")
	}
	if need.AllowAtomicPublish && !have.AllowAtomicPublish {
		less = append(less, "allows no atomic batches")
	}
	// decisions are made on what was read: a server that has not heard of the last write yet must not answer
	if have.AllowDirect && !need.AllowDirect {
		less = append(less, "may answer reads from servers that are behind")
	}
	return wrong, less
}

// limit is a number of messages for people. JetStream has 0 and -1 for no limit.
func limit(n int64) string {
	if n <= 0 {
		return "all"
	}
	return fmt.Sprint(n)
}

// full says what a stream does when it is full.
func full(c jetstream.StreamConfig) string {
	switch {
	case c.Discard == jetstream.DiscardOld:
		return "drops its oldest when full"
	case c.DiscardNewPerSubject:
		return "refuses what is new when it or a subject is full"
	default:
		return "refuses what is new when full"
	}
}

// covers says that every subject that matches the narrow filter matches the wide one: "a.>" covers "a.*.b", and "a.*" does not
// cover "a.>".
func covers(wide, narrow string) bool {
	w, n := strings.Split(wide, "."), strings.Split(narrow, ".")
	for i, token := range w {
		switch {
		case token == ">":
			return i < len(n)
		case i >= len(n) || n[i] == ">":
			return false
		case token != "*" && token != n[i]:
			return false
		}
	}
	return len(w) == len(n)
}
