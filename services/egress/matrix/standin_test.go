package matrix_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/standin"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/matrix/matrixtest"
)

// startStandIn is a bridge at the stand-in of a homeserver, which calls it.
func startStandIn(t *testing.T, configured ...string) (*bridge, *matrixtest.Server) {
	t.Helper()
	hs := matrixtest.NewServer(matrixtest.Registration{ASToken: asToken, HSToken: hsToken, Name: "soporte", ServerName: "example.org"})
	t.Cleanup(hs.Close)
	b := newBridge(t)
	b.open(hs.URL, "example.org", configured...)
	hs.Push(b.webhookURL())
	b.listen()
	return b, hs
}

const ana = "@ana:example.org"

func wait(t *testing.T, hs *matrixtest.Server, user string, n int) []matrixtest.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	sent, err := hs.Wait(ctx, user, n)
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

func TestBothWays(t *testing.T) {
	t.Parallel()
	b, hs := startStandIn(t)
	hs.Say(ana, "antes de que llegues")
	b.await("what was written before is heard", says("antes de que llegues"))
	hs.Say(ana, "después")
	b.await("what is written after is received", says("después"))
	sent, err := b.sender.Send(t.Context(), outbound("m1", ana, content.Text("Hola")))
	if err != nil {
		t.Fatal(err)
	}
	got := wait(t, hs, ana, 1)
	if got[0].Body != "Hola" || got[0].Event != sent.Ref {
		t.Errorf("ana sees %+v, ref %q", got, sent.Ref)
	}
	hs.Read(ana, got[0])
	b.await("it is read", func(e provider.Event) bool { return e.Receipt != nil && e.Receipt.Ref == sent.Ref && e.Receipt.UpTo })
}

// A lost answer is settled by the transaction id: one event, however often it is put.
func TestALostAnswerIsSentAgainAsTheSameEvent(t *testing.T) {
	t.Parallel()
	b, hs := startStandIn(t)
	m := outbound("m1", ana, content.Text("Hola"))
	hs.Fail(standin.Fault{Call: "/createRoom", DropAfter: true}, standin.Fault{DropAfter: true}, standin.Fault{Status: 503}, standin.Fault{DropBefore: true})
	var classes []result.Class
	for {
		_, err := b.sender.Send(t.Context(), m)
		if err == nil {
			break
		}
		if classes = append(classes, outcome.Classify(err).Class); len(classes) > 10 {
			t.Fatal(err)
		}
	}
	want := fmt.Sprint([]result.Class{result.Retry, result.Uncertain, result.Retry, result.Uncertain})
	if got := fmt.Sprint(classes); got != want {
		t.Errorf("classes %s, want %s", got, want)
	}
	if got := wait(t, hs, ana, 1); len(got) != 1 {
		t.Errorf("ana sees %+v", got)
	}
}

// Messages written first to many at once: a room for each, and no more.
func TestManyContactsAtOnce(t *testing.T) {
	t.Parallel()
	b, hs := startStandIn(t)
	const n = 20
	errs := make(chan error, n)
	for i := range n {
		go func() {
			_, err := b.sender.Send(t.Context(), outbound(fmt.Sprint("m", i), fmt.Sprintf("@c%d:example.org", i), content.Text("Hola")))
			errs <- err
		}()
	}
	for range n {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	for i := range n {
		if got := hs.Messages(fmt.Sprintf("@c%d:example.org", i)); len(got) != 1 {
			t.Errorf("contact %d sees %+v", i, got)
		}
	}
}

func TestLimitsAndDeadTokens(t *testing.T) {
	t.Parallel()
	b, hs := startStandIn(t)
	if _, err := b.sender.Send(t.Context(), outbound("m1", ana, content.Text("Hola"))); err != nil {
		t.Fatal(err)
	}
	hs.Limit(time.Minute)
	_, err := b.sender.Send(t.Context(), outbound("m2", ana, content.Text("Hola")))
	if f := outcome.Classify(err); f == nil || f.Class != result.Waiting || f.Scope != outcome.Channel || f.After < 59*time.Second || f.After > time.Minute {
		t.Errorf("limit: %+v", f)
	}
	hs.Limit(0)
	hs.Revoke(true)
	_, err = b.sender.Send(t.Context(), outbound("m3", ana, content.Text("Hola")))
	if f := outcome.Classify(err); f == nil || f.Class != result.Suspended {
		t.Errorf("dead token: %+v", f)
	}
	hs.Revoke(false)
	if got := hs.Messages(ana); len(got) != 1 {
		t.Errorf("ana sees %+v", got)
	}
}

// The homeserver sends the same transaction until it is taken, then the next: nothing is lost, doubled or reordered.
func TestTransactionsThatFail(t *testing.T) {
	t.Parallel()
	b, hs := startStandIn(t)
	hs.Say(ana, "hola")
	b.await("ana is there", says("hola"))
	b.failNext(3)
	var want []string
	for i := range 25 {
		text := fmt.Sprint("n", i)
		hs.Say(ana, text)
		want = append(want, text)
	}
	b.await("the last is received", says("n24"))
	var got []string
	_, events := b.all()
	for _, e := range events {
		if text := e.Content.GetText().GetBody(); text != "hola" {
			got = append(got, text)
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("received %v", got)
	}
	if status, err := hs.Call(http.MethodPut, b.webhookURL()+"/_matrix/app/v1/transactions/999", "another", []byte(`{"events":[]}`)); status != http.StatusForbidden {
		t.Errorf("a forged transaction: %d %v", status, err)
	}
}

// A contact who leaves is invited again; one who removes the user gets another room.
func TestRoomsThatClose(t *testing.T) {
	t.Parallel()
	b, hs := startStandIn(t)
	hs.Say(ana, "hola")
	b.await("ana is there", says("hola"))
	hs.Leave(ana)
	if _, err := b.sender.Send(t.Context(), outbound("m1", ana, content.Text("uno"))); err != nil {
		t.Fatal(err)
	}
	first := wait(t, hs, ana, 1)[0].Room
	hs.Accept(ana)
	hs.Remove(ana)
	if _, err := b.sender.Send(t.Context(), outbound("m2", ana, content.Text("dos"))); err != nil {
		t.Fatal(err)
	}
	if got := wait(t, hs, ana, 2); got[1].Room == first || got[1].Body != "dos" {
		t.Errorf("ana sees %+v", got)
	}
}
