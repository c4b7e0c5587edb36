package operator_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/sandbox/chat"
	"github.com/bonychat/puente/services/sandbox/operator"
)

func TestFaults(t *testing.T) {
	lost := -1
	for name, c := range map[string]struct {
		fault    operator.Fault
		status   int
		accepted int
		retry    string
	}{
		"429 waits as told":          {operator.Fault{Kind: operator.TooMany, Next: 1, After: 6000}, 429, 0, "6"},
		"5xx":                        {operator.Fault{Kind: operator.Broken, Next: 1, Status: 502}, 502, 0, ""},
		"lost before it is taken":    {operator.Fault{Kind: operator.LostBefore, Next: 1}, lost, 0, ""},
		"lost after it is taken":     {operator.Fault{Kind: operator.LostAfter, Next: 1}, lost, 1, ""},
		"slow":                       {operator.Fault{Kind: operator.Slow, Next: 1, After: 1}, 200, 1, ""},
		"refused":                    {operator.Fault{Kind: operator.Refused, Next: 1}, 422, 0, ""},
		"credential withdrawn":       {operator.Fault{Kind: operator.Locked, Next: 1}, 401, 0, ""},
		"taken and not delivered":    {operator.Fault{Kind: operator.Undelivered, Next: 1}, 200, 1, ""},
		"another contact's":          {operator.Fault{Kind: operator.Broken, Next: 1, Contact: "eva"}, 200, 1, ""},
		"always, by probability":     {operator.Fault{Kind: operator.Broken, Probability: 1}, 503, 0, ""},
		"this contact's, everything": {operator.Fault{Kind: operator.Broken, Contact: "ana", Probability: 1}, 503, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t)
			op, url := start(t, g, operator.Config{})
			if err := op.Break(c.fault); err != nil {
				t.Fatal(err)
			}
			status, _, header, err := send(t, url, "m1-0", message("m1", "ana", "hola"))
			if err != nil {
				status = lost
			}
			if status != c.status || header.Get("Retry-After") != c.retry || len(op.Record()) != c.accepted {
				t.Errorf("status %d (%v), Retry-After %q, accepted %d", status, err, header.Get("Retry-After"), len(op.Record()))
			}
			op.Mend()
			if status, _, _, err := send(t, url, "m1-0", message("m1", "ana", "hola")); status != 200 || err != nil {
				t.Errorf("after Mend: %d %v", status, err)
			}
			if len(op.Record()) != 1 {
				t.Errorf("the repeat was accepted %d times", len(op.Record()))
			}
			if c.fault.Kind == operator.Undelivered {
				eventually(t, "failed is told", func() bool { return cmp.Equal(g.statuses(), []string{"sent", "failed"}) })
			}
		})
	}
}

func TestFaultsBySeedAreTheSame(t *testing.T) {
	run := func() (out []int) {
		op, url := start(t, newGateway(t), operator.Config{Seed: 7})
		if err := op.Break(operator.Fault{Kind: operator.Broken, Probability: 0.5}); err != nil {
			t.Fatal(err)
		}
		for i := range 40 {
			status, _, _, _ := send(t, url, "", message(fmt.Sprint(i), "ana", "hola"))
			out = append(out, status)
		}
		return out
	}
	if a, b := run(), run(); !cmp.Equal(a, b) {
		t.Errorf("two runs differ:\n%s", cmp.Diff(a, b))
	}
}

func TestFaultValidate(t *testing.T) {
	for name, f := range map[string]operator.Fault{
		"unknown kind": {Kind: "flood", Next: 1}, "neither": {Kind: operator.Slow}, "both": {Kind: operator.Slow, Next: 1, Probability: 1},
		"over 1": {Kind: operator.Slow, Probability: 2}, "negative": {Kind: operator.Slow, Next: -1},
		"status": {Kind: operator.Broken, Next: 1, Status: 404}, "after": {Kind: operator.Slow, Next: 1, After: -1},
	} {
		if f.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestTypedSurvivesAnOutageInOrder(t *testing.T) {
	g := newGateway(t)
	outage := []int{503, 401, 404}
	g.status = func(call int) int {
		if call <= len(outage) {
			return outage[call-1]
		}
		return http.StatusOK
	}
	op, _ := start(t, g, operator.Config{})
	want := []string{}
	for i := range 120 {
		want = append(want, fmt.Sprint(i))
		if _, err := op.Write("ana", "Ana", text(want[i])); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "everything is told", func() bool { return op.Waiting() == 0 })
	var got []string
	for _, e := range g.taken() {
		got = append(got, e.Message.Text)
	}
	if !cmp.Equal(got, want) {
		t.Errorf("order:\n%s", cmp.Diff(want, got))
	}
	for _, e := range op.Phone("ana") {
		if e.Status != chat.Sent || e.Reason != "" {
			t.Fatalf("ticks of %s: %s %s", e.Message, e.Status, e.Reason)
		}
	}
	op.Confirm("ana", text("5"))
	if e := op.Phone("ana")[5]; e.Status != chat.Delivered {
		t.Errorf("confirmed message is %s", e.Status)
	}
	op.Confirm("ana", text("changed on the way"))
	if e := op.Phone("ana")[0]; e.Status != chat.Delivered {
		t.Errorf("a message that was changed on its way takes the first turn, got %s", e.Status)
	}
}

func TestRefusedEventFailsAlone(t *testing.T) {
	g := newGateway(t)
	g.status = func(call int) int {
		if call == 1 || call == 3 { // the batch, then the second of three alone
			return http.StatusBadRequest
		}
		return http.StatusOK
	}
	op := operator.New(operator.Config{Secret: provider.NewSecret(secret), WebhookURL: func() string { return g.URL }})
	for i := range 3 {
		if _, err := op.Write("ana", "", text(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = op.Run(ctx) })
	eventually(t, "nothing waits", func() bool { return op.Waiting() == 0 })
	stop()
	wg.Wait()
	failed := 0
	for _, e := range op.Phone("ana") {
		if e.Status == chat.Failed && e.Reason == "the gateway answered 400" {
			failed++
		}
	}
	if failed != 1 || len(g.taken()) != 2 {
		t.Errorf("%d failed and %d were taken, want 1 and 2", failed, len(g.taken()))
	}
}

func TestFullTakesNothing(t *testing.T) {
	op := operator.New(operator.Config{Secret: provider.NewSecret(secret), Pending: 2})
	for range 2 {
		if _, err := op.Write("ana", "", text("hola")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := op.Write("ana", "", text("hola")); err != operator.ErrFull {
		t.Errorf("err = %v, want ErrFull", err)
	}
	srv := httptest.NewServer(op)
	defer srv.Close()
	if status, _, _, _ := send(t, srv.URL, "m1-0", message("m1", "ana", "hola")); status != http.StatusServiceUnavailable {
		t.Errorf("status = %d, want 503", status)
	}
}

func TestRefusesForgedAndMangled(t *testing.T) {
	op := operator.New(operator.Config{Secret: provider.NewSecret(secret)})
	nobody := operator.New(operator.Config{})
	for name, c := range map[string]struct {
		op    *operator.Operator
		token string
		body  string
		want  int
	}{
		"no token":           {op, "", `{}`, 401},
		"wrong token":        {op, "Bearer x", `{}`, 401},
		"account w/o secret": {nobody, "Bearer ", `{}`, 401},
		"not JSON":           {op, "Bearer " + secret, `{`, 400},
		"no id":              {op, "Bearer " + secret, `{"to":"ana","message":{"type":"text","text":"a"}}`, 400},
		"no contact":         {op, "Bearer " + secret, `{"id":"m","message":{"type":"text","text":"a"}}`, 400},
		"empty text":         {op, "Bearer " + secret, `{"id":"m","to":"ana","message":{"type":"text"}}`, 400},
		"too large":          {op, "Bearer " + secret, `"` + string(bytes.Repeat([]byte("a"), 2<<20)) + `"`, 413},
		"caption on a video": {op, "Bearer " + secret, `{"id":"m","to":"ana","message":{"type":"attachment","attachment":{"type":"video","url":"http://a/b","description":"c"}}}`, 200},
	} {
		r := httptest.NewRequest(http.MethodPost, "/messages", bytes.NewBufferString(c.body))
		r.Header.Set("Authorization", c.token)
		w := httptest.NewRecorder()
		c.op.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: status = %d, want %d", name, w.Code, c.want)
		}
	}
}
