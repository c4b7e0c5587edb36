//go:build unix

package history

import (
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/services/control/history/store"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// traffic makes the entries of a made-up month: many channels, more contacts, messages both ways with receipts, one in a
// hundred with a wait, one in thirty that fails.
type traffic struct {
	random   *rand.Rand
	from     time.Time
	step     time.Duration // between two messages
	channels int
	messages int
}

// hashed is a digest as long as the real one, at less cost.
type hashed struct{}

func (hashed) Digest(of digest.Purpose, parts ...string) string {
	h := uint64(14695981039346656037)
	for _, p := range append([]string{of.String()}, parts...) {
		for i := range len(p) {
			h = (h ^ uint64(p[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	r := rand.New(rand.NewPCG(h, 7))
	d := make([]byte, 26)
	for i := range d {
		d[i] = "abcdefghijklmnopqrstuvwxyz234567"[r.IntN(32)]
	}
	return string(d)
}

func (t *traffic) channel(n int) (network, id string) {
	return [...]string{"telegram", "whatsapp", "twilio", "line", "viber"}[n%5], fmt.Sprintf("channel-%04d", n)
}

func phone(contact int) string { return fmt.Sprintf("+346%08d", contact) }

func (t *traffic) id(n int, at time.Time, out bool) string {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	if out {
		return fmt.Sprintf("%012x%04x%016x", at.UnixMilli(), 0x7000|r.IntN(0x1000), r.Uint64())
	}
	return hashed{}.Digest(digest.ForMessage, strconv.Itoa(n))
}

// message are the entries of one message.
func (t *traffic) message(n int) []*journalv1.Entry {
	out := n%5 < 3
	c := t.random.IntN(t.channels)
	network, channel := t.channel(c)
	at := t.from.Add(time.Duration(n) * t.step)
	base := &journalv1.Entry{
		Id: t.id(n, at, out), Network: network, Channel: channel, Contact: record.ContactDigest(hashed{}, channel, phone(t.random.IntN(t.messages/5+1))),
	}
	trace := make([]byte, 16)
	for i := range trace {
		trace[i] = byte(t.random.Uint32())
	}
	base.TraceId = hex.EncodeToString(trace)
	step := func(hop journalv1.Hop, after time.Duration, service string) *journalv1.Entry {
		return &journalv1.Entry{
			Id: base.Id, Network: network, Channel: channel, Contact: base.Contact, TraceId: base.TraceId, Hop: hop, Service: service,
			At: timestamppb.New(at.Add(after)), Attempts: 1,
		}
	}
	first := step(journalv1.Hop_HOP_ROUTED, 2*time.Millisecond, "translator")
	first.AcceptedAt, first.Parts, first.Attempts = timestamppb.New(at), 1, 0
	if !out {
		first.AcceptedBy, first.Direction = "egress-"+network, messagev1.Direction_DIRECTION_INBOUND
		return []*journalv1.Entry{first, step(journalv1.Hop_HOP_SENT, 50*time.Millisecond, "egress-bonychat")}
	}
	first.AcceptedBy, first.Direction, first.Ends = "ingress", messagev1.Direction_DIRECTION_OUTBOUND, timestamppb.New(at.Add(24*time.Hour))
	all := []*journalv1.Entry{first}
	why := &reasonv1.Reason{Code: network + ".reason_" + strconv.Itoa(t.random.IntN(8)), Fault: reasonv1.Fault(1 + t.random.IntN(5)), En: "the network says that this contact cannot be reached", Es: "la red dice que no se puede llegar a este contacto"}
	fail := func(e *journalv1.Entry) *journalv1.Entry {
		e.Why, e.Reason = why, why.En
		return e
	}
	if t.random.IntN(100) == 0 {
		all = append(all, fail(step(journalv1.Hop_HOP_WAITING, time.Second, "egress-"+network)))
	}
	if t.random.IntN(30) == 0 {
		return append(all, fail(step(journalv1.Hop_HOP_FAILED, 2*time.Second, "egress-"+network)))
	}
	ref := record.RefDigest(hashed{}, network, channel, "wamid."+strconv.Itoa(n))
	for i, hop := range []journalv1.Hop{journalv1.Hop_HOP_SENT, journalv1.Hop_HOP_DELIVERED, journalv1.Hop_HOP_READ}[:1+t.random.IntN(3)] {
		e := step(hop, time.Duration(i+1)*time.Second, "egress-"+network)
		e.Ref = ref
		all = append(all, e)
	}
	return all
}

// BenchmarkHistory builds a history of so many entries (PUENTE_HISTORY_ENTRIES, a million where it is not set) and asks it each
// question twenty times. It prints the rate of building, the size on disk, and of each question the median and the slowest.
//
//	go test -run '^$' -bench History -benchtime 1x -timeout 2h ./services/control/history
func BenchmarkHistory(b *testing.B) {
	entries := 1_000_000
	if text := os.Getenv("PUENTE_HISTORY_ENTRIES"); text != "" {
		var err error
		if entries, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	h, err := Open(Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	w, err := h.file.Writer()
	if err != nil {
		b.Fatal(err)
	}
	messages := entries * 10 / 27 // about
	t := &traffic{random: rand.New(rand.NewPCG(1, 2)), from: time.Now().Add(-30 * 24 * time.Hour), step: 30 * 24 * time.Hour / time.Duration(messages), channels: 1000, messages: messages}
	var batch []store.Item
	var sequence uint64
	var writing, cpu time.Duration
	for n := 0; sequence < uint64(entries); n++ {
		for _, e := range t.message(n) {
			sequence++
			batch = append(batch, store.Item{Entry: e, Sequence: sequence, Stored: e.GetAt().AsTime()})
		}
		if len(batch) >= batchEntries {
			began, spent := time.Now(), used()
			if err := w.Write(batch); err != nil {
				b.Fatal(err)
			}
			writing, cpu = writing+time.Since(began), cpu+used()-spent
			batch = batch[:0]
		}
		if n > 0 && n%400_000 == 0 {
			report("%d entries, %.0f a second", sequence, float64(sequence)/writing.Seconds())
		}
		t.messages = n + 5
	}
	size, err := h.file.Size(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	report("%d entries of %d messages: %.0f entries a second, %.0f a second of CPU, %.2f GB, %d bytes an entry",
		sequence, t.messages, float64(sequence)/writing.Seconds(), float64(sequence)/cpu.Seconds(), float64(size)/1e9, uint64(size)/sequence)
	b.ReportMetric(float64(sequence)/writing.Seconds(), "entries/s")
	b.ReportMetric(float64(size)/float64(sequence), "B/entry")
	for _, q := range t.questions(h) {
		var took []time.Duration
		for i := range 20 {
			began := time.Now()
			if err := q.ask(b.Context(), i); err != nil {
				b.Fatalf("%s: %v", q.name, err)
			}
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		report("%-44s %8.1f ms, slowest %8.1f ms", q.name, took[10].Seconds()*1000, took[19].Seconds()*1000)
	}
}

// used is how much CPU the process has used: the wall clock says little on a machine that does other things too.
func used() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// report prints a line at once: the testing package keeps only some of what a benchmark logs.
func report(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// asked is one question of the benchmark; i tells its tries apart.
type asked struct {
	name string
	ask  func(ctx context.Context, i int) error
}

// questions are all that the history answers.
func (t *traffic) questions(h *History) []asked {
	outAt := func(i int) (n int, at time.Time) {
		n = (t.messages/21*i + 7) / 5 * 5 // from the platform
		return n, t.from.Add(time.Duration(n) * t.step)
	}
	find := func(text func(i int) string, more ...func(*Query)) func(context.Context, int) error {
		return func(ctx context.Context, i int) error {
			q := Query{Text: text(i), Limit: 20}
			for _, m := range more {
				m(&q)
			}
			_, err := h.Find(ctx, hashed{}, q)
			if err != nil && text(i)[0] != '+' && text(i)[0] != 'w' { // some contacts and refs do not occur
				return fmt.Errorf("%s: %w", text(i), err)
			}
			return nil
		}
	}
	id := func(i int) string { n, at := outAt(i); return t.id(n, at, true) }
	list := func(q *controlv1.ListMessagesRequest) func(context.Context, int) error {
		return func(ctx context.Context, _ int) error { _, _, err := h.List(ctx, q); return err }
	}
	failures := func(q *controlv1.FailureFilter) func(context.Context, int) error {
		return func(ctx context.Context, _ int) error {
			_, _, err := h.Failures(ctx, &controlv1.ListFailuresRequest{Filter: q})
			return err
		}
	}
	summary := func(q *controlv1.FailureFilter) func(context.Context, int) error {
		return func(ctx context.Context, _ int) error { _, err := h.Summary(ctx, q); return err }
	}
	dayAgo := timestamppb.New(time.Now().Add(-24 * time.Hour))
	return []asked{
		{"our id", find(id)},
		{"the beginning of our id", find(func(i int) string { return id(i)[:20] })},
		{"the network's id, 1,000 channels", find(func(i int) string { n, _ := outAt(i); return "wamid." + strconv.Itoa(n) })},
		{"a contact, 1,000 channels", find(func(i int) string { return phone(i * 31) })},
		{"a contact of one channel", find(func(i int) string { return phone(i * 31) }, func(q *Query) { q.Channel = "channel-0007" })},
		{"the latest of all", list(&controlv1.ListMessagesRequest{})},
		{"the latest of a channel", list(&controlv1.ListMessagesRequest{Channel: "channel-0007"})},
		{"waiting, of all", list(&controlv1.ListMessagesRequest{State: controlv1.State_STATE_WAITING})},
		{"read, of a network", list(&controlv1.ListMessagesRequest{State: controlv1.State_STATE_READ, Network: "viber"})},
		{"from contacts of a channel, last day", list(&controlv1.ListMessagesRequest{Channel: "channel-0007", Direction: controlv1.Direction_DIRECTION_IN, Since: dayAgo})},
		{"a page of 1,000", list(&controlv1.ListMessagesRequest{PageSize: 1000})},
		{"failures", failures(&controlv1.FailureFilter{})},
		{"failures of a reason's words", failures(&controlv1.FailureFilter{Reason: "no se puede llegar"})},
		{"failures of a reason that there is not", failures(&controlv1.FailureFilter{Reason: "nothing like this"})},
		{"failures by reason, last day", summary(&controlv1.FailureFilter{Since: dayAgo})},
		{"failures by reason, all", summary(&controlv1.FailureFilter{})},
		{"counts of all channels", func(ctx context.Context, _ int) error { _, err := h.Counts(ctx); return err }},
		{"the oldest that has not ended", func(ctx context.Context, _ int) error { _, err := h.oldestOpen(ctx); return err }},
	}
}
