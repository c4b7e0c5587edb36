package history

import (
	"errors"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/services/control/history/store"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Texts of strangers are compared and nothing else.
func FuzzQuestions(f *testing.F) {
	for _, s := range []string{"", "'", `"; DROP TABLE messages; --`, "%_\\", "01a22593", "+34600111222", "\x00", "\xff", "?1", ":a"} {
		f.Add(s, s)
	}
	b := newBook(f)
	b.write(routed(outID, 0), fails(entry(outID, 1, hopFailed)))
	f.Fuzz(func(t *testing.T, one, two string) {
		if _, err := b.Find(t.Context(), digester{}, Query{Text: one, Channel: two, Limit: 5}); err != nil && !errors.Is(err, ErrNotFound) {
			t.Errorf("find: %v", err)
		}
		if _, _, err := b.List(t.Context(), &controlv1.ListMessagesRequest{Channel: one, Network: two}); err != nil {
			t.Errorf("list: %v", err)
		}
		if _, _, err := b.List(t.Context(), &controlv1.ListMessagesRequest{PageToken: one}); err != nil && !errors.Is(err, ErrPageToken) {
			t.Errorf("token: %v", err)
		}
		filter := &controlv1.FailureFilter{Channel: one, Reason: two, Key: one}
		if _, _, err := b.Failures(t.Context(), &controlv1.ListFailuresRequest{Filter: filter}); err != nil {
			t.Errorf("failures: %v", err)
		}
		if _, err := b.Summary(t.Context(), filter); err != nil {
			t.Errorf("summary: %v", err)
		}
		if _, err := b.ChannelEvents(t.Context(), one); err != nil {
			t.Errorf("events: %v", err)
		}
		var n int
		if err := b.file.Row(t.Context(), "SELECT count(*) FROM messages").Scan(&n); err != nil || n != 1 {
			t.Fatalf("%d messages, %v", n, err)
		}
	})
}

// Entries of the journal are bytes of other versions: none of them breaks the history.
func FuzzEntries(f *testing.F) {
	f.Add("m", "telegram", "A", uint32(1), uint32(0), int32(5), int64(0), "x")
	f.Add("", "", "", uint32(1<<31), uint32(1<<31), int32(99), int64(-1), "\xff")
	b := newBook(f)
	f.Fuzz(func(t *testing.T, id, network, channel string, part, generation uint32, hop int32, seconds int64, text string) {
		b.sequence++
		e := &journalv1.Entry{
			Id: id, Network: network, Channel: channel, Part: part, Parts: generation, Generation: generation, Hop: journalv1.Hop(hop), Contact: text, Service: text,
			Reason: text, TraceId: text, Ref: text, At: &timestamppb.Timestamp{Seconds: seconds}, Why: &reasonv1.Reason{Code: text, En: text},
		}
		if err := b.w.Write([]store.Item{{Entry: e, Sequence: b.sequence, Stored: began}}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.List(t.Context(), &controlv1.ListMessagesRequest{PageSize: 5}); err != nil {
			t.Error(err)
		}
	})
}
