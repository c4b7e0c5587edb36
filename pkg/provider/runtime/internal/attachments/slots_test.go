package attachments

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// A channel whose host does not answer leaves slots for the others.
func TestAChannelTakesSomeOfTheSlots(t *testing.T) {
	t.Parallel()
	var s slots
	taken := map[string][]func(){}
	for _, channel := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		for range atOnce {
			if done, ok := s.begin(channel); ok {
				taken[channel] = append(taken[channel], done)
			}
		}
	}
	if len(taken["a"]) != ofChannel || len(taken["f"]) != ofChannel || len(taken["g"]) != 0 {
		t.Errorf("a has %d, f has %d, g has %d", len(taken["a"]), len(taken["f"]), len(taken["g"]))
	}
	taken["a"][0]()
	if _, ok := s.begin("g"); !ok {
		t.Error("a slot that was given back is not free")
	}
}

// A channel whose host hangs takes all its slots again and again. What waits behind them goes on without its file in the end, and looks
// about once a second whether a slot is free.
func TestWhatFindsNoSlotGoesOnInTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := &Intake{Network: "toy", Log: slog.New(slog.DiscardHandler)}
		for range ofChannel {
			if _, ok := in.slots.begin("a"); !ok {
				t.Fatal("no slot")
			}
		}
		m := &messagev1.Message{Channel: "a", Content: content.Attachment(&messagev1.Attachment{
			Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Handle: "h", Caption: "look",
		})}
		fetch := fetchFunc(func() (*provider.File, error) { return nil, errors.New("it has no slot") })
		began, n, tried := time.Now(), 0, &Tries{}
		for err := in.Take(t.Context(), fetch, m, tried); err != nil; err = in.Take(t.Context(), fetch, m, tried) {
			pause, parsed := time.ParseDuration(strings.TrimPrefix(err.Error(), "not before "))
			if n++; parsed != nil || n > 650 {
				t.Fatalf("look %d, after %s: %v", n, time.Since(began), err)
			}
			time.Sleep(pause)
		}
		const words = "[image could not be fetched: so many files were being fetched that its turn did not come within ten minutes]\nlook"
		if got := m.GetContent().GetText().GetBody(); got != words {
			t.Errorf("%q", got)
		}
		if waited := time.Since(began); waited < 10*time.Minute || waited > 11*time.Minute {
			t.Errorf("it waited %s", waited)
		}
	})
}
