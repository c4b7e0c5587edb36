package record

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// Each send, on either side of a watermark.
func TestWhatAWatermarkReaches(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name  string
		moves []Watermark
		want  [3]eventv1.Status // of the sends at 10, 11 and 12, a second after each other
	}{
		{"nothing was told", nil, [3]eventv1.Status{}},
		{"up to a send", []Watermark{{Status: read, Position: 11}}, [3]eventv1.Status{read, read, waiting}},
		{"up to a time", []Watermark{{Status: delivered, Until: at.Add(time.Second)}}, [3]eventv1.Status{delivered, delivered, waiting}},
		{"read behind delivered", []Watermark{{Status: delivered, Position: 12}, {Status: read, Position: 10}}, [3]eventv1.Status{read, delivered, delivered}},
		{"an older one after it", []Watermark{{Status: read, Position: 12}, {Status: read, Position: 10}}, [3]eventv1.Status{read, read, read}},
		{"an older time after it", []Watermark{{Status: read, Until: at.Add(2 * time.Second)}, {Status: read, Until: at}}, [3]eventv1.Status{read, read, read}},
		{"a time beside a send does not count", []Watermark{{Status: read, Position: 10, Until: at.Add(time.Hour)}}, [3]eventv1.Status{read, waiting, waiting}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var m indexv1.Mark
			for _, w := range test.moves {
				move(&m, w)
			}
			for i, want := range test.want {
				send := &indexv1.Open{Position: uint64(10 + i), SentAt: timestamppb.New(at.Add(time.Duration(i) * time.Second))}
				if got := statusOf(&m, send); got != want {
					t.Errorf("the send at %d: %s, want %s", 10+i, got, want)
				}
			}
		})
	}
}

// A contact that reads nothing costs a bounded record; a send that is noted twice is one.
func TestTheSendsOfAContactAreBounded(t *testing.T) {
	t.Parallel()
	var m, last indexv1.Mark
	for i := range uint64(maxOpen + 5) {
		for range 2 {
			openSend(&m, &indexv1.Open{Position: 1 + i})
			noteSend(&last, fmt.Sprint(i))
		}
	}
	if len(m.GetOpen()) != maxOpen || m.GetOpen()[0].GetPosition() != 6 {
		t.Errorf("%d open sends, the first at %d", len(m.GetOpen()), m.GetOpen()[0].GetPosition())
	}
	if len(last.GetOpen()) != lastSends || last.GetOpen()[0].GetId() != fmt.Sprint(maxOpen+1) {
		t.Errorf("the last sends are %v", last.GetOpen())
	}
}
