package history

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/services/control/history/store"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// digester stands in for the deployment's key.
type digester struct{}

func (digester) Digest(of digest.Purpose, parts ...string) string {
	d := "<" + of.String() + ">"
	for _, p := range parts {
		d += "<" + p + ">"
	}
	return d
}

// began is when the tests' messages were accepted.
var began = time.Now().Add(-time.Hour).Truncate(time.Millisecond).UTC()

// at is a time after that.
func at(seconds int) *timestamppb.Timestamp {
	return timestamppb.New(began.Add(time.Duration(seconds) * time.Second))
}

// book is a history that a test writes by hand.
type book struct {
	*History
	t        testing.TB
	w        *store.Writer
	sequence uint64
}

func newBook(t testing.TB) *book {
	t.Helper()
	h, err := Open(Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	w, err := h.file.Writer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return &book{History: h, t: t, w: w}
}

// write writes entries as the journal would bring them.
func (b *book) write(entries ...*journalv1.Entry) {
	b.t.Helper()
	if err := b.w.Write(b.items(entries...)); err != nil {
		b.t.Fatal(err)
	}
}

func (b *book) items(entries ...*journalv1.Entry) (items []store.Item) {
	for _, e := range entries {
		b.sequence++
		stored := began
		if e.GetAt() != nil {
			stored = e.GetAt().AsTime()
		}
		items = append(items, store.Item{Entry: e, Sequence: b.sequence, Stored: stored})
	}
	return items
}

// one is the message with an id.
func (b *book) one(id string) *controlv1.Message {
	b.t.Helper()
	found, err := b.Find(b.t.Context(), digester{}, Query{Text: id, Limit: 1})
	if err != nil {
		b.t.Fatalf("%s: %v", id, err)
	}
	return found.Messages[0].Message
}

// entry is a step of a message of the channel tienda.
func entry(id string, seconds int, hop journalv1.Hop) *journalv1.Entry {
	return &journalv1.Entry{
		Id: id, Network: "telegram", Channel: "tienda", Contact: record.ContactDigest(digester{}, "tienda", "+34600111222"), Service: "egress-telegram", Hop: hop, At: at(seconds),
	}
}

// routed is how a message to a contact begins.
func routed(id string, seconds int) *journalv1.Entry {
	e := entry(id, seconds, journalv1.Hop_HOP_ROUTED)
	e.Service, e.AcceptedAt, e.AcceptedBy, e.Direction, e.Parts = "translator", at(seconds), "ingress", messagev1.Direction_DIRECTION_OUTBOUND, 1
	return e
}

// like changes an entry.
func like(e *journalv1.Entry, change func(*journalv1.Entry)) *journalv1.Entry {
	change(e)
	return e
}
