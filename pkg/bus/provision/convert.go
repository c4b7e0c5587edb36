package provision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
)

// Earlier versions had work queues: the broker gave up a message with its acknowledgement. The broker changes no stream from or to
// that. So what a queue holds is copied beside it, the queue is deleted and made anew as this version has it, and what was copied
// goes back. Wherever that ends, the next call goes on: a queue is deleted when all of it was copied, and the copy when all of it
// is back. What is back already is not stored again. What was copied back is marked as a repeat, so that whoever acts on it looks first.

// converting is the stream that holds what a queue held; its subjects are those of the queue with copyPrefix before them.
func converting(queue string) string { return "CONVERTING_" + queue }

const (
	copyPrefix = "converted."
	// backPrefix begins the subjects that a stream takes while it is filled; it stores them without.
	backPrefix = "converting.back."
	// headerID and headerCopied hold the message id: the copy must not take two messages of one id for one.
	headerID, headerCopied = jetstream.MsgIDHeader, "Puente-Converted-Id"
	// headerRepeat marks what may be a repeat, as pkg/bus does.
	headerRepeat = "Puente-Repeat"
)

// convertWithin bounds the conversion of one queue: a message takes less than a millisecond, and the largest queue that a disk of
// ordinary size holds has some millions.
const convertWithin = time.Hour

// ErrInUse means that processes of an earlier version still work on a stream that has to be converted. They have to be stopped first.
var ErrInUse = errors.New("processes of the version before are connected: stop them first, then apply again")

// convert turns a queue of an earlier version into what this version needs, and finishes a conversion that was interrupted. done says
// that the stream is as it is to be; it is false where there is nothing to convert.
//
// step is called after each step; its error ends the conversion there. It is for tests.
func convert(
	ctx context.Context, b *bus.Bus, s topology.Stream, config jetstream.StreamConfig, tell func(string, uint64), step func() error,
) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, convertWithin)
	defer cancel()
	js, beside := b.JetStream(), converting(s.Name)
	copied, err := found(ctx, js, beside)
	if err != nil {
		return false, err
	}
	queue, err := found(ctx, js, s.Name)
	if err != nil {
		return false, err
	}
	if queue != nil && queue.CachedInfo().Config.Retention == jetstream.WorkQueuePolicy {
		if err := inUse(ctx, queue); err != nil {
			return false, err
		}
		b.Logger().Info("a queue of a version before is converted", "stream", s.Name, "messages", queue.CachedInfo().State.Msgs)
		if copied, err = setAside(ctx, js, queue, config, step); err != nil {
			return false, err
		}
		if err := js.DeleteStream(ctx, s.Name); err != nil {
			return false, err
		}
		if err := step(); err != nil {
			return false, err
		}
	}
	if copied == nil {
		return false, nil
	}
	// whoever chose something for the queue finds it at the stream, also where the queue was deleted before
	config = chosen(config, copied.CachedInfo().Config)
	// closed until all is back: what is published meanwhile would be in front of what waited
	into, err := js.CreateOrUpdateStream(ctx, closedOf(config))
	if err != nil {
		return false, err
	}
	if err := step(); err != nil {
		return false, err
	}
	messages := copied.CachedInfo().State.Msgs
	back := func(m *jetstream.RawStreamMsg) string {
		return backPrefix + topology.Current(m.Subject[len(copyPrefix):])
	}
	first, err := behind(ctx, copied, into, back)
	if err != nil {
		return false, err
	}
	if err := transfer(ctx, js, copied, first, into, back, step); err != nil {
		return false, err
	}
	if err := js.DeleteStream(ctx, beside); err != nil {
		return false, err
	}
	if err := step(); err != nil {
		return false, err
	}
	if _, err := js.UpdateStream(ctx, config); err != nil {
		return false, err
	}
	b.Logger().Info("converted", "stream", s.Name, "messages", messages)
	if tell != nil {
		tell(s.Name, messages)
	}
	return true, step()
}

// closedOf is a stream that takes what it is filled with alone.
func closedOf(c jetstream.StreamConfig) jetstream.StreamConfig {
	var subjects []string
	for _, s := range c.Subjects {
		subjects = append(subjects, backPrefix+s)
	}
	c.Subjects, c.SubjectTransform = subjects, &jetstream.SubjectTransformConfig{Source: backPrefix + ">", Destination: ">"}
	return c
}

// found is a stream, nil where there is none.
func found(ctx context.Context, js jetstream.JetStream, name string) (jetstream.Stream, error) {
	s, err := js.Stream(ctx, name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, nil
	}
	return s, err
}

// inUse is [ErrInUse] where somebody waits for messages of a queue.
func inUse(ctx context.Context, queue jetstream.Stream) error {
	list := queue.ListConsumers(ctx)
	for c := range list.Info() {
		if c.NumWaiting > 0 {
			return fmt.Errorf("stream %s: %w", queue.CachedInfo().Config.Name, ErrInUse)
		}
	}
	return list.Err()
}

// setAside copies all of a queue. Nothing is stored in the queue from now on: a publisher of an earlier version is refused, and told so.
func setAside(ctx context.Context, js jetstream.JetStream, queue jetstream.Stream, config jetstream.StreamConfig, step func() error) (jetstream.Stream, error) {
	closed := queue.CachedInfo().Config
	copied, err := found(ctx, js, converting(closed.Name))
	if err != nil {
		return nil, err
	}
	// a queue that was not closed is another than the one that was copied: the copy may be all that is left of that
	if only := "converting." + closed.Name; copied != nil && !slices.Equal(closed.Subjects, []string{only}) {
		return nil, fmt.Errorf("stream %s has what an interrupted conversion left, and a version before has made %s anew since: bring the one that counts to safety with nats stream backup, and remove the other", copied.CachedInfo().Config.Name, closed.Name)
	}
	closed.Subjects = []string{"converting." + closed.Name}
	if _, err := js.UpdateStream(ctx, closed); err != nil {
		return nil, err
	}
	if err := step(); err != nil {
		return nil, err
	}
	copyConfig := jetstream.StreamConfig{
		Name: converting(closed.Name), Storage: jetstream.FileStorage, Replicas: config.Replicas, Duplicates: config.Duplicates,
		Placement: config.Placement, Metadata: config.Metadata,
	}
	for _, subject := range config.Subjects {
		copyConfig.Subjects = append(copyConfig.Subjects, copyPrefix+subject)
	}
	// what an interrupted copy left is in the queue still
	if err := js.DeleteStream(ctx, copyConfig.Name); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, err
	}
	copied, err = js.CreateStream(ctx, copyConfig)
	if err == nil {
		err = step()
	}
	if err != nil {
		return nil, err
	}
	if err := transfer(ctx, js, queue, 0, copied, func(m *jetstream.RawStreamMsg) string { return copyPrefix + m.Subject }, step); err != nil {
		return nil, err
	}
	// read anew: what is counted has to be what is there now
	var counts [2]uint64
	for i, s := range []jetstream.Stream{queue, copied} {
		info, err := s.Info(ctx)
		if err != nil {
			return nil, err
		}
		counts[i] = info.State.Msgs
	}
	if counts[0] != counts[1] {
		return nil, fmt.Errorf("stream %s: %d of %d messages were copied: apply again", closed.Name, counts[1], counts[0])
	}
	return copied, step()
}

// behind is the sequence in the copy with which a conversion goes on: behind the message that came back last, or 0 for all of the copy.
// Nobody else can store in a closed stream, so its last message is one of the copy; there it has the same sequence, or a higher one
// where the broker dropped repeats on the way back. Where it is not found, all comes back once more.
func behind(ctx context.Context, copied, into jetstream.Stream, subject func(*jetstream.RawStreamMsg) string) (uint64, error) {
	info, err := into.Info(ctx)
	if err != nil || info.State.Msgs == 0 {
		return 0, err
	}
	last, err := into.GetMsg(ctx, info.State.LastSeq)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	for next := info.State.LastSeq; ; next++ {
		m, err := copied.GetMsg(ctx, next, jetstream.WithGetMsgSubject(">"))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		is := converted(m, subject(m))
		if is.Subject == backPrefix+last.Subject && is.Header.Get(headerID) == last.Header.Get(headerID) && bytes.Equal(is.Data, last.Data) {
			return m.Sequence + 1, nil
		}
		next = m.Sequence
	}
}

// transfer publishes what one stream holds from a sequence on to another, in its order, one after the other. A message that the other
// has already is not stored twice within its time for repeats.
func transfer(
	ctx context.Context, js jetstream.JetStream, from jetstream.Stream, first uint64, to jetstream.Stream,
	subject func(*jetstream.RawStreamMsg) string, step func() error,
) error {
	info, err := from.Info(ctx)
	if err != nil {
		return err
	}
	name := to.CachedInfo().Config.Name
	for next := max(info.State.FirstSeq, first, 1); next <= info.State.LastSeq; {
		m, err := from.GetMsg(ctx, next, jetstream.WithGetMsgSubject(">"))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		next = m.Sequence + 1
		if _, err := js.PublishMsg(ctx, converted(m, subject(m)), jetstream.WithExpectStream(name)); err != nil {
			return fmt.Errorf("stream %s: message %d: %w", name, m.Sequence, err)
		}
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// converted is a message as it was stored, under another subject, marked as one that may be a repeat.
func converted(m *jetstream.RawStreamMsg, subject string) *nats.Msg {
	header := nats.Header{}
	for k, v := range m.Header {
		header[k] = v
	}
	// the headers of the broker's own protocols were for the stream that it was stored in
	for _, k := range []string{"Nats-Batch-Id", "Nats-Batch-Sequence", "Nats-Batch-Commit", jetstream.ExpectedStreamHeader} {
		header.Del(k)
	}
	header.Set(headerRepeat, "1")
	if id := header.Get(headerID); strings.HasPrefix(subject, copyPrefix) && id != "" {
		header.Del(headerID)
		header.Set(headerCopied, id)
	} else if id := header.Get(headerCopied); id != "" {
		header.Del(headerCopied)
		header.Set(headerID, id)
	}
	return &nats.Msg{Subject: subject, Data: m.Data, Header: header}
}
