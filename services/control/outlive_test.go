package control_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// ended waits until it is written down what came of the latest act.
func (a *api) ended(t *testing.T) *controlv1.Act {
	t.Helper()
	var act *controlv1.Act
	bustest.Eventually(t, "the audit says what came of it", func() bool {
		act = a.acts()[0]
		return act.GetOutcome() != "begun"
	})
	return act
}

// Who hangs up while a replay waits has it done all the same: the audit says so, and nobody does it again.
func TestAReplayWhoseCallerHangsUpIsDone(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.bury("A", "one", blocked)
	ctx, hangUp := context.WithCancel(t.Context())
	defer hangUp()
	called := make(chan struct{})
	go func() { // it returns when the first outcome is told
		defer close(called)
		stream, err := a.failures().ReplayFailures(ctx, with(writer, &controlv1.ReplayFailuresRequest{Filter: &controlv1.FailureFilter{Key: "one"}, WaitSeconds: 600}))
		if err == nil {
			_ = stream.Close()
		}
	}()
	bustest.Eventually(t, "it is on its way", func() bool {
		n, err := a.bus.Backlog(t.Context(), "toy", "A")
		return err == nil && n == 1
	})
	hangUp()
	<-called
	if act := a.ended(t); act.GetOutcome() != "ok" {
		t.Errorf("%v", act)
	}
}

// A network may have done what it was asked for when its answer reaches nobody.
func TestARegistrationWhoseCallerHangsUpIsDone(t *testing.T) {
	t.Parallel()
	a := start(t)
	ctx, hangUp := context.WithCancel(t.Context())
	defer hangUp()
	gone := make(chan struct{})
	answering(a, topology.CheckSubject("toy"), func(q *livev1.CheckQuestion) (proto.Message, error) {
		if q.GetRegister() {
			hangUp()
			<-gone
		}
		return &livev1.CheckAnswer{Findings: []*livev1.Finding{{What: "webhook", Good: true}, {What: "last_error"}}}, nil
	})
	a.until("somebody answers", func() bool {
		_, err := a.channels(reader).CheckChannel(t.Context(), connect.NewRequest(&controlv1.CheckChannelRequest{Channel: "A"}))
		return err == nil
	})
	client := a.channels(writer)
	_, err := client.RegisterChannel(ctx, connect.NewRequest(&controlv1.RegisterChannelRequest{Channel: "A"}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	// by the same connection: what is answered now was read behind the end of the call
	if _, err := client.ListChannels(t.Context(), connect.NewRequest(&controlv1.ListChannelsRequest{})); err != nil {
		t.Error(err)
	}
	close(gone)
	if act := a.ended(t); act.GetOutcome() != "ok" {
		t.Errorf("%v", act)
	}
}

// What changed nothing is not written down as done, though it ended without an error.
func TestWhatDidNotHappenIsNotDone(t *testing.T) {
	t.Parallel()
	a := start(t)
	answering(a, topology.CheckSubject("toy"), func(*livev1.CheckQuestion) (proto.Message, error) {
		return &livev1.CheckAnswer{Findings: []*livev1.Finding{{What: "credentials", Good: true}, {What: "webhook", En: "not registered"}}}, nil
	})
	a.until("somebody answers", func() bool {
		_, err := a.channels(reader).CheckChannel(t.Context(), connect.NewRequest(&controlv1.CheckChannelRequest{Channel: "A"}))
		return err == nil
	})
	for name, do := range map[string]func() error{
		"RegisterChannel": func() error {
			_, err := a.channels(writer).RegisterChannel(t.Context(), connect.NewRequest(&controlv1.RegisterChannelRequest{Channel: "A"}))
			return err
		},
		"ResumeChannel": func() error {
			_, err := a.channels(writer).ResumeChannel(t.Context(), connect.NewRequest(&controlv1.ResumeChannelRequest{Channel: "A"}))
			return err
		},
		"ReplayFailures": func() error {
			_, _, err := a.replayed(&controlv1.ReplayFailuresRequest{Filter: &controlv1.FailureFilter{Key: "nothing"}})
			return err
		},
		"DiscardFailures": func() error {
			_, err := a.failures().DiscardFailures(t.Context(), with(writer, &controlv1.DiscardFailuresRequest{Filter: &controlv1.FailureFilter{Key: "nothing"}, Reason: "x"}))
			return err
		},
	} {
		if err := do(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if act := a.ended(t); act.GetOutcome() != "not_done" {
			t.Errorf("%s: %v", name, act)
		}
	}
}

// A paused channel sends nothing: a replay says so at once, and does not wait for what cannot come.
func TestAReplayToAPausedChannelSaysThatItWaits(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.bury("A", "one", blocked)
	if _, err := a.channels(writer).PauseChannel(t.Context(), connect.NewRequest(&controlv1.PauseChannelRequest{Channel: "A", Reason: "x", For: durationpb.New(time.Hour)})); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, tc := range []struct {
		dryRun bool
		want   controlv1.ReplayResult
	}{{true, controlv1.ReplayResult_REPLAY_RESULT_WOULD_GO}, {false, controlv1.ReplayResult_REPLAY_RESULT_WAITS}} {
		stream, err := a.failures().ReplayFailures(ctx, with(writer, &controlv1.ReplayFailuresRequest{Filter: &controlv1.FailureFilter{Key: "one"}, DryRun: tc.dryRun, WaitSeconds: 600}))
		if err != nil {
			t.Fatal(err)
		}
		if !stream.Receive() {
			t.Fatal(stream.Err())
		}
		if o := stream.Msg().GetOutcome(); o.GetResult() != tc.want || o.GetWhy().GetCode() != "puente.paused" || o.GetUntil() == nil {
			t.Errorf("%v", o)
		}
		for stream.Receive() { // the sum
		}
		if err := errors.Join(stream.Err(), stream.Close()); err != nil {
			t.Error(err)
		}
	}
}
