package rpc_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/topology"

	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// respond answers lane questions of a subject until the test ends.
func respond(t *testing.T, b *bus.Bus, subject, group string, answer func(context.Context, *livev1.LaneQuestion) (proto.Message, error)) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- rpc.Respond(ctx, b, subject, group, time.Minute, answer) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// ask asks until somebody is there.
func ask(t *testing.T, b *bus.Bus, subject string, q *livev1.LaneQuestion) (*livev1.LaneAnswer, error) {
	t.Helper()
	var a livev1.LaneAnswer
	var err error
	bustest.Eventually(t, "somebody answers", func() bool {
		a.Reset()
		err = rpc.Call(t.Context(), b, subject, q, &a)
		return !errors.Is(err, rpc.ErrNobody)
	})
	return &a, err
}

func TestARequestIsAnswered(t *testing.T) {
	t.Parallel()
	s := bustest.StartEmpty(t)
	answering, asking := s.Connect("provision"), s.Connect("provision")
	subject := topology.LaneSubject("testnet", "ch1")
	began := time.Now()
	if err := rpc.Call(t.Context(), asking, subject, &livev1.LaneQuestion{}, &livev1.LaneAnswer{}); !errors.Is(err, rpc.ErrNobody) {
		t.Errorf("nobody is there: %v", err)
	}
	if took := time.Since(began); took > bus.RequestTimeout {
		t.Errorf("that nobody is there is known after %s only", took)
	}
	stop := respond(t, answering, subject, "", func(ctx context.Context, q *livev1.LaneQuestion) (proto.Message, error) {
		if _, ok := ctx.Deadline(); !ok {
			return nil, errors.New("an answer without a bound")
		}
		switch id := strings.Join(q.GetIds(), ","); id {
		case "refused":
			return nil, errors.New("not today\r\nInjected: header")
		case "missing":
			return nil, fmt.Errorf("channel x: %w", bus.ErrNotFound)
		case "panic":
			panic("secret")
		case "silent":
			return nil, rpc.ErrNobody
		default:
			return &livev1.LaneAnswer{Instance: id, Waiting: 7}, nil
		}
	})
	a, err := ask(t, asking, subject, &livev1.LaneQuestion{Ids: []string{"a", "b"}})
	if err != nil || a.GetInstance() != "a,b" || a.GetWaiting() != 7 {
		t.Errorf("%v, %v", a, err)
	}
	for id, want := range map[string]struct {
		is   error
		text string
	}{
		"refused": {rpc.ErrRefused, "not today  Injected: header"},
		"missing": {bus.ErrNotFound, "channel x"},
		"panic":   {rpc.ErrRefused, "a fault in the process that answers"},
		"silent":  {rpc.ErrNobody, "live.lane"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		err := rpc.Call(ctx, asking, subject, &livev1.LaneQuestion{Ids: []string{id}}, &livev1.LaneAnswer{})
		cancel()
		if !errors.Is(err, want.is) || !strings.Contains(err.Error(), want.text) || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "ch1") {
			t.Errorf("%s: %v", id, err)
		}
	}
	// a panic ended nothing
	if _, err := ask(t, asking, subject, &livev1.LaneQuestion{}); err != nil {
		t.Error(err)
	}
	stop()
	if err := rpc.Call(t.Context(), asking, subject, &livev1.LaneQuestion{}, &livev1.LaneAnswer{}); !errors.Is(err, rpc.ErrNobody) {
		t.Errorf("after it has stopped: %v", err)
	}
}

func TestARequestIsBounded(t *testing.T) {
	t.Parallel()
	s := bustest.StartEmpty(t)
	b := s.Connect("provision")
	large := strings.Repeat("x", topology.MaxPayload)
	subject := topology.DecodeSubject("testnet")
	respond(t, b, subject, "", func(context.Context, *livev1.LaneQuestion) (proto.Message, error) {
		return &livev1.LaneAnswer{Instance: large}, nil
	})
	if _, err := ask(t, b, subject, &livev1.LaneQuestion{}); !errors.Is(err, rpc.ErrRefused) || !strings.Contains(err.Error(), "8 MB") {
		t.Errorf("an answer that is too large: %v", err)
	}
	if err := rpc.Call(t.Context(), b, subject, &livev1.LaneQuestion{Ids: []string{large}}, &livev1.LaneAnswer{}); !errors.Is(err, bus.ErrTooLarge) {
		t.Errorf("a question that is too large: %v", err)
	}
	for _, bad := range []string{"", "live.lane.telegram. ", "live.lane.telegram.>", "live..x"} {
		if err := rpc.Call(t.Context(), b, bad, &livev1.LaneQuestion{}, &livev1.LaneAnswer{}); !errors.Is(err, bus.ErrName) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestOneOfAGroupAnswers: of those with a group name one answers, and all that wait are answered.
func TestOneOfAGroupAnswers(t *testing.T) {
	t.Parallel()
	s := bustest.StartEmpty(t)
	subject := topology.CheckSubject("testnet")
	var mu sync.Mutex
	answers := 0
	for range 3 {
		respond(t, s.Connect("provision"), subject, "egress-testnet", func(context.Context, *livev1.LaneQuestion) (proto.Message, error) {
			mu.Lock()
			defer mu.Unlock()
			answers++
			return &livev1.LaneAnswer{}, nil
		})
	}
	asking := s.Connect("provision")
	if _, err := ask(t, asking, subject, &livev1.LaneQuestion{}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if err := rpc.Call(t.Context(), asking, subject, &livev1.LaneQuestion{}, &livev1.LaneAnswer{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	mu.Lock()
	defer mu.Unlock()
	if answers != 51 {
		t.Errorf("51 questions were answered %d times", answers)
	}
}

// TestARequestJoinsItsTrace: who answers does so under the trace of who asks.
func TestARequestJoinsItsTrace(t *testing.T) {
	t.Parallel()
	s := bustest.StartEmpty(t)
	tracer := trace.NewTracerProvider().Tracer("test")
	answering, asking := s.ConnectTraced("provision", tracer), s.ConnectTraced("provision", tracer)
	subject := topology.LaneSubject("testnet", "ch1")
	respond(t, answering, subject, "", func(ctx context.Context, _ *livev1.LaneQuestion) (proto.Message, error) {
		return &livev1.LaneAnswer{Instance: bus.TraceID(ctx)}, nil
	})
	if _, err := ask(t, asking, subject, &livev1.LaneQuestion{}); err != nil {
		t.Fatal(err)
	}
	ctx, span := tracer.Start(t.Context(), "where")
	defer span.End()
	var a livev1.LaneAnswer
	if err := rpc.Call(ctx, asking, subject, &livev1.LaneQuestion{}, &a); err != nil || a.GetInstance() != bus.TraceID(ctx) || a.GetInstance() == "" {
		t.Errorf("%q, %v", a.GetInstance(), err)
	}
}

// TestAnswersGoOnAfterAConnectionWasClosedForGood, on subjects that came before and after.
func TestAnswersGoOnAfterAConnectionWasClosedForGood(t *testing.T) {
	t.Parallel()
	s := bustest.StartEmpty(t)
	line := s.Line(t)
	answering, err := bus.Connect(line.URL(), bus.Options{Name: "egress-testnet"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answering.Close(context.Background()) })
	asking := s.Connect("provision")
	r := &rpc.Responder{Bus: answering, Answer: func(_ context.Context, subject string, _ []byte) (proto.Message, error) {
		return &livev1.LaneAnswer{Instance: subject}, nil
	}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	first, second, left := topology.LaneSubject("testnet", "a"), topology.LaneSubject("testnet", "b"), topology.LaneSubject("testnet", "c")
	r.Listen(first)
	r.Listen(left)
	go func() { done <- r.Run(ctx) }()
	check := func(subject string) {
		t.Helper()
		if a, err := ask(t, asking, subject, &livev1.LaneQuestion{}); err != nil || a.GetInstance() != subject {
			t.Errorf("%s: %v, %v", subject, a, err)
		}
	}
	check(first)
	check(left)
	r.Leave(left)
	bustest.Eventually(t, "a subject is left", func() bool {
		return errors.Is(rpc.Call(t.Context(), asking, left, &livev1.LaneQuestion{}, &livev1.LaneAnswer{}), rpc.ErrNobody)
	})
	line.Say("-ERR 'Maximum Payload Violation'\r\n")
	r.Listen(second)
	check(second)
	check(first)
	if err := rpc.Call(t.Context(), asking, left, &livev1.LaneQuestion{}, &livev1.LaneAnswer{}); !errors.Is(err, rpc.ErrNobody) {
		t.Errorf("a subject that was left is answered again: %v", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
