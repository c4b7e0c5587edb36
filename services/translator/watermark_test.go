package translator_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// startWith is a bridge whose network declares something else.
func startWith(t *testing.T, change func(*provider.Confirms)) *bridge {
	t.Helper()
	b := newBridge(t)
	d := testnet
	change(&d.Confirms)
	if err := directory.Declare(t.Context(), b.bus, network, d); err != nil {
		t.Fatal(err)
	}
	b.run()
	return b
}

func watermarks(c *provider.Confirms) { c.Watermarks = page }

// upTo stores a watermark: up to a ref, or up to a time where that is "".
func (b *bridge) upTo(contact, ref string, at time.Time, s eventv1.Status) {
	b.t.Helper()
	name := b.bus.Digest(digest.ForContact, custom, contact)
	r := &eventv1.Receipt{Network: network, Channel: custom, Status: s, At: timestamppb.New(at), UpTo: true, Address: contact}
	if ref != "" {
		name = record.RefDigest(b.bus, network, custom, ref)
		r.Ref = name
	}
	b.post(topology.ReceiptSubject(network, custom, name), "", &eventv1.Event{Kind: &eventv1.Event_Receipt{Receipt: r}})
}

// written are n messages to one contact that are on their way.
func (b *bridge) written(contact string, n int) []*messagev1.Message {
	b.t.Helper()
	var all []*messagev1.Message
	for i := range n {
		m := outbound(custom, fmt.Sprintf("%s-%d", contact, i), contact, content.Text("Hola"))
		b.take(m)
		all = append(all, m)
	}
	b.eventually("all are routed", func() bool { return len(messages(b.events(network, 0), contact)) == n })
	return all
}

func TestAWatermarkReachesWhatWasSentBefore(t *testing.T) {
	t.Parallel()
	b := startWith(t, watermarks)
	ana, ben := b.written("ana", 4), b.written("ben", 1)
	for i, m := range ana {
		b.sentAs(m, fmt.Sprint("a", i))
		b.eventuallyTold(m.GetId(), "sent")
	}
	b.sentAs(ben[0], "b0")
	b.eventuallyTold("ben-0", "sent")
	b.upTo("ana", "a1", time.Now(), delivered)
	b.eventuallyTold("ana-0", "sent", "delivered")
	b.eventuallyTold("ana-1", "sent", "delivered")
	for range 3 { // repeated
		b.upTo("ana", "a2", time.Now(), read)
	}
	b.upTo("ana", "a0", time.Now(), read) // late
	b.eventuallyTold("ana-0", "sent", "delivered", "read")
	b.eventuallyTold("ana-1", "sent", "delivered", "read")
	b.eventuallyTold("ana-2", "sent", "read")
	b.upTo("ana", "", time.Now().Add(time.Minute), read)
	b.eventuallyTold("ana-3", "sent", "read")
	b.eventuallyTold("ben-0", "sent")
	b.upTo("ana", "", time.Now().Add(time.Minute), failed) // no network can mean that
	b.settle(ben[0])
	b.eventuallyTold("ana-3", "sent", "read")
}

// Where receipts hand our id back, a watermark may still come with the network's.
func TestAWatermarkByTheNetworksIdBesideReceiptsByOurs(t *testing.T) {
	t.Parallel()
	b := startWith(t, func(c *provider.Confirms) { c.Watermarks, c.OwnID = page, page })
	for i, m := range b.written("ana", 2) {
		b.sentAs(m, fmt.Sprint("a", i))
		b.eventuallyTold(m.GetId(), "sent")
	}
	b.upTo("ana", "a1", time.Now(), read)
	b.eventuallyTold("ana-0", "sent", "read")
	b.eventuallyTold("ana-1", "sent", "read")
}

func TestAWatermarkOfATimeReachesNothingSentLater(t *testing.T) {
	t.Parallel()
	b := startWith(t, watermarks)
	all := b.written("ana", 2)
	b.sentAs(all[0], "a0")
	b.eventuallyTold("ana-0", "sent")
	b.upTo("ana", "", time.Now().Add(50*time.Millisecond), read)
	b.eventuallyTold("ana-0", "sent", "read")
	o := outcomeOf(all[1], eventv1.Result_RESULT_SENT)
	o.Ref, o.At = "a1", timestamppb.New(time.Now().Add(time.Second))
	b.conclude(network, o)
	b.eventuallyTold("ana-1", "sent")
	b.settle(all[1])
	b.eventuallyTold("ana-1", "sent")
}

func TestAWatermarkBeforeItsOutcomeIsApplied(t *testing.T) {
	t.Parallel()
	b := startWith(t, watermarks)
	all := b.written("ana", 3)
	b.sentAs(all[0], "a0")
	b.eventuallyTold("ana-0", "sent")
	b.upTo("ana", "a1", time.Now(), read)
	b.early("a1", read)
	b.sentAs(all[1], "a1")
	b.eventuallyTold("ana-1", "read")
	b.eventuallyTold("ana-0", "sent", "read")
	b.upTo("ana", "", time.Now().Add(time.Hour), delivered)
	b.upTo("ana", "foreign", time.Now(), read)
	b.early("foreign", read)
	b.sentAs(all[2], "a2")
	b.eventuallyTold("ana-2", "delivered")
}

// A send and a watermark that pass each other meet in the contact's mark.
func TestAWatermarkIsNotLostBesideAnOutcome(t *testing.T) {
	t.Parallel()
	b := startWith(t, watermarks)
	const contacts = 20
	var wg sync.WaitGroup
	for i := range contacts {
		name := fmt.Sprintf("contact%d", i)
		m := b.written(name, 1)[0]
		wg.Go(func() { b.sentAs(m, "ref-"+name) })
		wg.Go(func() { b.upTo(name, "", time.Now().Add(time.Minute), read) })
	}
	wg.Wait()
	for i := range contacts {
		id := fmt.Sprintf("contact%d-0", i)
		b.eventually(id+" is read", func() bool {
			told := b.told(id)
			return len(told) > 0 && told[len(told)-1] == "read"
		})
	}
}
