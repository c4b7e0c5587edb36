package provision_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/topology"
)

func TestWhatWasProvisionedIsAsItIsNeeded(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("test")
	if differences, err := provision.Verify(t.Context(), b, topology.Streams([]string{"toy"})...); len(differences) > 0 || err != nil {
		t.Errorf("%q, %v", differences, err)
	}
}

func TestWhatDiffersIsSaid(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "toy")
	b := s.Connect("test")
	change := func(s topology.Stream, change func(*topology.Stream)) {
		t.Helper()
		change(&s)
		if err := provision.Remake(t.Context(), b, s); err != nil {
			t.Fatal(err)
		}
	}
	change(topology.Outcomes("toy"), func(s *topology.Stream) { s.MaxAge, s.MaxBytes = time.Hour, 0 }) // without a bound is more
	change(topology.Egress("toy"), func(s *topology.Stream) { s.PerSubject, s.Batch, s.MaxBytes = 0, false, 1<<20 })
	change(topology.Journal, func(s *topology.Stream) { s.Refuse, s.MaxAge, s.Subjects = true, 0, []string{"journal.>", "more.>"} })
	change(topology.Index, func(s *topology.Stream) { s.TTL, s.PerSubject = false, 5 })
	differences, err := provision.Verify(t.Context(), b, topology.Outcomes("toy"), topology.Egress("toy"), topology.Journal, topology.Index, topology.Messages)
	if err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{
		"stream OUTCOMES_toy has max age 1h0m0s instead of 48h0m0s",
		fmt.Sprintf("stream EGRESS_toy has max bytes 1048576 instead of %d", topology.LimitsOf([]string{"toy"}, 0, topology.KeepSent).ByName()["EGRESS_toy"]),
		"stream EGRESS_toy keeps all messages of a subject instead of 100000",
		"stream EGRESS_toy refuses what is new when full instead of refuses what is new when it or a subject is full",
		"stream EGRESS_toy allows no atomic batches",
		"stream JOURNAL refuses what is new when full instead of drops its oldest when full",
		"stream INDEX keeps 5 messages of a subject instead of 1",
		"stream INDEX allows no time to live per message",
	}, differences); diff != "" {
		t.Error(diff)
	}
	if err := provision.Await(t.Context(), b, "EGRESS_toy", "INDEX"); err != nil {
		t.Errorf("a lower limit is fatal: %v", err)
	}
}

func TestWhatCannotBeWorkedWithIsAnError(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "toy")
	b := s.Connect("test")
	index, outcomes, webhooks := topology.Index, topology.Outcomes("toy"), topology.Webhooks("toy")
	if err := provision.RemakeQueue(t.Context(), b, outcomes); err != nil {
		t.Fatal(err)
	}
	index.Subjects = []string{"seen.>", "state.x", "ref.*.>", "early.>", "mark.>", "call.>"}
	webhooks.Subjects = []string{"webhook.*.>"} // wider is well
	for _, s := range []topology.Stream{index, webhooks} {
		if err := provision.Remake(t.Context(), b, s); err != nil {
			t.Fatal(err)
		}
	}
	if differences, err := provision.Verify(t.Context(), b, topology.Webhooks("toy")); err != nil || len(differences) > 0 {
		t.Errorf("%q, %v", differences, err)
	}
	for stream, want := range map[string]string{
		"INDEX": "stream INDEX does not take state.>, does not take ref.>: ", "OUTCOMES_toy": "stream OUTCOMES_toy has retention WorkQueue instead of Limits: ",
	} {
		err := provision.Await(t.Context(), b, "MESSAGES", stream)
		if !errors.Is(err, provision.ErrUnfit) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "puente apply") {
			t.Errorf("%s: %v", stream, err)
		}
	}
	if _, err := provision.Verify(t.Context(), b, topology.Egress("none")); !errors.Is(err, provision.ErrUnfit) || !strings.Contains(err.Error(), "EGRESS_none is not there") {
		t.Errorf("a stream that is not there: %v", err)
	}
}
