package control_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
	"github.com/bonychat/puente/services/control/scale"
)

// scaleOf asks a door that has nothing in memory.
func (a *api) scaleOf(network string) scale.Figure {
	a.t.Helper()
	status, body := ask(scale.NewDoor(a.bus, slog.New(slog.DiscardHandler)), "/scale/"+network)
	var f scale.Figure
	if err := json.Unmarshal([]byte(body), &f); status != http.StatusOK || err != nil {
		a.t.Fatalf("%d %s", status, body)
	}
	return f
}

func ask(door http.Handler, path string) (int, string) {
	mux, w := http.NewServeMux(), httptest.NewRecorder()
	mux.Handle("GET /scale/{network}", door)
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func (a *api) toSend(channel string, n int) {
	a.t.Helper()
	for range n {
		a.publish(topology.EgressSubject("toy", channel), &eventv1.Event{Kind: &eventv1.Event_Status{Status: &eventv1.StatusUpdate{Id: "x", Channel: channel, Network: "toy"}}})
	}
}

func (a *api) declare(network string, what map[string]any) {
	a.t.Helper()
	if err := directory.Declare(a.t.Context(), a.bus, network, what); err != nil {
		a.t.Fatal(err)
	}
}

// An autoscaler learns how many processes would be of use, from the first start of a service to when it may end.
func TestHowManyProcessesANetworkWants(t *testing.T) {
	t.Parallel()
	a := start(t)
	if f := a.scaleOf("toy"); f != (scale.Figure{Replicas: 1}) {
		t.Errorf("a service that has never run has to: %+v", f)
	}
	a.declare("toy", map[string]any{"listens": true})
	if f := a.scaleOf("toy"); f != (scale.Figure{Replicas: 1}) {
		t.Errorf("who has to listen is there: %+v", f)
	}
	a.declare("toy", map[string]any{"receives": true})
	if f := a.scaleOf("toy"); f != (scale.Figure{}) {
		t.Errorf("there is nothing to do: %+v", f)
	}
	call := topology.WebhookSubject("toy", "A")
	a.publish(call, &livev1.LaneQuestion{})
	if f := a.scaleOf("toy"); f != (scale.Figure{Replicas: 1}) {
		t.Errorf("a call has to be read: %+v", f)
	}
	partition := "unit.egress-toy.WEBHOOKS_toy-" + strings.Split(call, ".")[2]
	if err := kv.Open(a.bus, topology.Leases).Put(t.Context(), partition, []byte(`{"owner":"","position":1}`)); err != nil {
		t.Fatal(err)
	}
	if f := a.scaleOf("toy"); f != (scale.Figure{}) {
		t.Errorf("every call is read: %+v", f)
	}
	a.toSend("A", 3)
	a.toSend("B", 2)
	if f := a.scaleOf("toy"); f.Replicas != 1 || f.Due != 5 || f.Waiting != 5 || f.ActiveAccounts != 2 {
		t.Errorf("nobody sends: %+v", f)
	}
	if err := directory.SetPause(t.Context(), a.bus, directory.Pause{Far: "toy", Channel: "A", Reason: "a test"}); err != nil {
		t.Fatal(err)
	}
	if f := a.scaleOf("toy"); f.Due != 2 || f.Waiting != 5 || f.ActiveAccounts != 1 {
		t.Errorf("what is paused is not due: %+v", f)
	}
	later := timestamppb.New(time.Now().Add(time.Hour))
	answering(a, topology.LaneSubject("toy", "B"), func(*livev1.LaneQuestion) (proto.Message, error) {
		return &livev1.LaneAnswer{Account: "b", Waiting: 2, Concurrency: 64, Reasons: []*livev1.Waiting{{Why: reason.ToldToWait.Proto(), Messages: 2, NextTry: later}}}, nil
	})
	a.until("what the network told to wait is not due, and is waited for", func() bool {
		return a.scaleOf("toy") == scale.Figure{Replicas: 1, Waiting: 5}
	})
}

// A network that is not there is refused; so is a time that is none, and neither is asked of the broker.
func TestWhoAsksForNoNetworkIsRefused(t *testing.T) {
	t.Parallel()
	a := start(t)
	for path, want := range map[string]int{
		"/scale/none": http.StatusNotFound, "/scale/to*": http.StatusNotFound, "/scale/toy.A": http.StatusNotFound, "/scale/%3E": http.StatusNotFound,
		"/scale/toy?drain=0": http.StatusBadRequest, "/scale/toy?drain=3601": http.StatusBadRequest, "/scale/toy?drain=1m": http.StatusBadRequest,
		"/scale/": http.StatusNotFound, "/scale/toy?drain=30": http.StatusOK, "/scale/bonychat": http.StatusOK,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r) // without a token
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, answer.StatusCode, want)
		}
	}
	if status, _ := a.curl("/scale/toy", writer, ""); status != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", status)
	}
}

// However many ask at once, those who send are asked once.
func TestAScaleIsFoundOutOnceForAll(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.toSend("A", 1)
	var asked atomic.Int32
	answering(a, topology.LaneSubject("toy", "A"), func(*livev1.LaneQuestion) (proto.Message, error) {
		asked.Add(1)
		return &livev1.LaneAnswer{Account: "a", Waiting: 1, Due: 1, Concurrency: 64}, nil
	})
	a.until("somebody answers", func() bool { return a.scaleOf("toy").Due == 1 && asked.Load() > 0 })
	before, door := asked.Load(), scale.NewDoor(a.bus, slog.New(slog.DiscardHandler))
	bodies := make([]string, 100)
	var wg sync.WaitGroup
	for i := range bodies {
		wg.Go(func() {
			status, body := ask(door, "/scale/toy")
			bodies[i] = fmt.Sprint(status, body)
		})
	}
	wg.Wait()
	if got := asked.Load() - before; got != 1 {
		t.Errorf("asked %d times", got)
	}
	for _, body := range bodies {
		if !strings.HasPrefix(body, "200") {
			t.Error(body)
		}
	}
}
