package journal

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume"

	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// idOf names an entry. Two of one id are the same: of tells those apart that differ in nothing else.
func idOf(e *journalv1.Entry, of string) string {
	id := make([]byte, 0, 128) // of every message several: without the detour of a format
	id = append(append(id, "journal-"...), e.GetId()...)
	for _, n := range []uint64{uint64(e.GetGeneration()), uint64(e.GetPart()), uint64(e.GetHop())} {
		id = strconv.AppendUint(append(id, '-'), n, 10)
	}
	id = append(append(id, '-'), e.GetService()...)
	id = strconv.AppendUint(append(id, '-'), uint64(e.GetAttempts()), 10)
	return string(append(id, of...))
}

// Note writes entries that cause is the cause of: cause is not finished before they are stored, so that history may tell a
// thing twice, but leaves nothing out. It waits for nothing: what comes behind in the lane goes on.
func (j *Journal) Note(ctx context.Context, cause *consume.Entry, entries ...*journalv1.Entry) error {
	var errs []error
	for _, e := range entries {
		errs = append(errs, j.hold(ctx, cause, e, ""))
	}
	return errors.Join(errs...)
}

// hold is Note for one entry.
func (j *Journal) hold(ctx context.Context, cause *consume.Entry, e *journalv1.Entry, of string) error {
	e.TraceId = bus.TraceID(ctx)
	release := cause.Hold()
	err := j.add(e, idOf(e, of), release, nil)
	if err != nil {
		release() // cause is handled again
	}
	return err
}

// NoteOf writes what cause tells and may tell again: two that differ in nothing else are told both, and each once.
func (j *Journal) NoteOf(ctx context.Context, cause *consume.Entry, e *journalv1.Entry) error {
	return j.hold(ctx, cause, e, fmt.Sprintf("-%d", cause.Sequence))
}

// Write writes entries at once and waits for them: for what must not be done before they are stored. On an error they may be
// stored all the same, and whoever writes them again writes them once.
func (j *Journal) Write(ctx context.Context, entries ...*journalv1.Entry) error {
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	answers := make(chan error, len(entries))
	for _, e := range entries {
		e.TraceId = bus.TraceID(ctx)
		if err := j.add(e, idOf(e, ""), nil, answers); err != nil {
			return err
		}
	}
	var errs []error
	for range entries {
		select {
		case err := <-answers:
			errs = append(errs, err)
		case <-ctx.Done():
			return fmt.Errorf("wait for the journal: %w", ctx.Err())
		}
	}
	return errors.Join(errs...)
}

// HeldUp tells that a message came in and could not be put on its way yet. It is no loss where that fails: it is told
// once more with what becomes of it.
func (j *Journal) HeldUp(ctx context.Context, m *messagev1.Message, contact string) {
	e := Accepted(m, contact)
	e.TraceId = bus.TraceID(ctx)
	_ = j.add(e, idOf(e, ""), nil, nil)
}
