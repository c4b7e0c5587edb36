package attachments

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/media"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/internal/fetched"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// fetchFunc is a sender that only fetches.
type fetchFunc func() (*provider.File, error)

func (fetchFunc) Send(context.Context, *messagev1.Message) (provider.Sent, error) {
	return provider.Sent{}, nil
}

func (f fetchFunc) Fetch(context.Context, *messagev1.Attachment) (*provider.File, error) { return f() }

// triedFor are tries of which the first began so long ago; none yet where that is 0.
func triedFor(trying time.Duration) *Tries {
	t := &Tries{}
	if trying > 0 {
		t.begin(time.Now().Add(-trying))
	}
	return t
}

func TestAFetchIsTriedForAMinute(t *testing.T) {
	t.Parallel()
	away := outcome.Temporary(reason.Untranslated("the network is away"), nil)
	synctest.Test(t, func(t *testing.T) { triedForAMinute(t, away) })
}

func triedForAMinute(t *testing.T, away error) {
	for _, test := range []struct {
		name   string
		err    error
		trying time.Duration
		again  error  // what the lane is told
		text   string // what the message says instead
	}{
		{name: "the first try", err: away, again: consume.RetryAfter(firstPause)},
		{name: "almost a minute", err: away, trying: longest - time.Millisecond, again: consume.RetryAfter(time.Millisecond)},
		{name: "a minute", err: away, trying: longest, text: "[file could not be fetched: the network is away]\nlook"},
		{name: "a minute of an error nobody classified", err: errors.New("boom"), trying: longest, text: "[file could not be fetched: an error inside the bridge]\nlook"},
		{name: "told to wait", err: outcome.Wait(30*time.Second, outcome.Contact, nil), again: consume.RetryAfter(30 * time.Second)},
		{name: "told to wait for long", err: outcome.Wait(time.Hour, outcome.Contact, nil), trying: longest / 2, again: consume.RetryAfter(longest / 2)},
		{name: "a minute of waiting", err: outcome.Wait(time.Hour, outcome.Contact, nil), trying: longest, text: "[file could not be fetched: the network asked to wait 1h0m0s]\nlook"},
		{name: "final at once", err: outcome.Reject(reason.Untranslated("gone"), nil), text: "[file could not be fetched: gone]\nlook"},
	} {
		in := &Intake{Log: slog.New(slog.DiscardHandler)}
		handle := content.Attachment(&messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_FILE, Handle: "h", Caption: "look"})
		m := &messagev1.Message{Content: proto.CloneOf(handle)}
		fails := fetchFunc(func() (*provider.File, error) { return nil, test.err })
		got := in.Take(t.Context(), fails, m, triedFor(test.trying))
		if got != test.again || m.GetContent().GetText().GetBody() != test.text {
			t.Errorf("%s: %v, %q", test.name, got, m.GetContent().GetText().GetBody())
		}
		if test.again != nil && !proto.Equal(m.GetContent(), handle) {
			t.Errorf("%s: the attachment is changed: %v", test.name, m.GetContent())
		}
	}
}

// TestWhatIsNoFileIsNotStored: an answer with status 200 need not hold what was asked for.
func TestWhatIsNoFileIsNotStored(t *testing.T) {
	t.Parallel()
	const page = "<!DOCTYPE html><html><title>Sign in</title></html>"
	in := &Intake{Network: "toy", Files: media.New(bustest.Start(t).Connect("egress-toy")), Log: slog.New(slog.DiscardHandler)}
	for name, test := range map[string]struct {
		told         *messagev1.Attachment
		body, served string
		trying       time.Duration
		words        string // what the message says instead; "" where it is tried again
		stored       bool
	}{
		"a page":                          {told: &messagev1.Attachment{MediaType: "image/jpeg"}, body: page, served: "text/html; charset=utf-8"},
		"a page, at the end":              {told: &messagev1.Attachment{MediaType: "image/jpeg"}, body: page, served: "text/html", trying: fetched.GoneFor, words: "[image could not be fetched: the network answered with a web page in place of the file]"},
		"a page that is served as a file": {told: &messagev1.Attachment{FileName: "a.pdf"}, body: page, served: "application/pdf"},
		"a page of which nothing is told": {body: page, served: "application/octet-stream"},
		"a page that somebody sent":       {told: &messagev1.Attachment{FileName: "a.html"}, body: page, served: "text/html", stored: true},
		"nothing":                         {told: &messagev1.Attachment{MediaType: "image/jpeg"}, served: "image/jpeg"},
		"nothing, at the end":             {served: "image/jpeg", trying: fetched.GoneFor, words: "[image could not be fetched: the network handed out an empty file]"},
	} {
		a := &messagev1.Attachment{MediaType: test.told.GetMediaType(), FileName: test.told.GetFileName()}
		a.Kind, a.Handle = messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, "h"
		m := &messagev1.Message{Content: content.Attachment(a)}
		err := in.Take(t.Context(), fetchFunc(func() (*provider.File, error) {
			return &provider.File{Body: io.NopCloser(strings.NewReader(test.body)), MediaType: test.served}, nil
		}), m, triedFor(test.trying))
		stored := m.GetContent().GetAttachment().GetUrl() != ""
		if words := m.GetContent().GetText().GetBody(); words != test.words || stored != test.stored || (err == nil) != (stored || words != "") {
			t.Errorf("%s: stored %v, %q, %v", name, stored, words, err)
		}
	}
}

// Each try fetches a file anew, and holds up what the contact writes next: a full store has no room a moment later.
func TestAFileThatAFullStoreDoesNotTakeIsFinal(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("egress-toy")
	if err := provision.Apply(t.Context(), b, []string{"toy"}, provision.Storage{Replicas: 1, Bytes: 64 << 20}); err != nil {
		t.Fatal(err)
	}
	in, fetches := &Intake{Network: "toy", Files: media.New(b), Log: slog.New(slog.DiscardHandler)}, 0
	film := fetchFunc(func() (*provider.File, error) {
		fetches++
		return &provider.File{Body: io.NopCloser(strings.NewReader(strings.Repeat("x", 64<<20))), Name: "film.mp4"}, nil
	})
	m := &messagev1.Message{Content: content.Attachment(&messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO, Handle: "h"})}
	err := in.Take(t.Context(), film, m, &Tries{})
	if words := m.GetContent().GetText().GetBody(); err != nil || words != "[video could not be fetched: the store of files is full]" || fetches != 1 {
		t.Errorf("%v, %q, fetched %d times", err, words, fetches)
	}
	small := fetchFunc(func() (*provider.File, error) {
		return &provider.File{Body: io.NopCloser(strings.NewReader("x")), Name: "a.txt"}, nil
	})
	if err := in.store(t.Context(), small, &messagev1.Attachment{}, provider.MaxFile); err != nil {
		t.Errorf("what was stored of the film still takes the room: %v", err)
	}
}

func TestATooLargeFileIsFinalAndNotStored(t *testing.T) {
	t.Parallel()
	const size = 1 << 20 // several pieces of the store
	in := &Intake{Network: "toy", Files: media.New(bustest.Start(t).Connect("egress-toy"))}
	film := fetchFunc(func() (*provider.File, error) {
		return &provider.File{Body: io.NopCloser(strings.NewReader(strings.Repeat("x", size))), Name: "film.mp4"}, nil
	})
	var a messagev1.Attachment
	err := in.store(t.Context(), film, &a, size-1)
	if f := outcome.Classify(err); f == nil || f.Class != result.Rejected || f.Reason.String() != "the file is over 100 MB" || a.GetUrl() != "" {
		t.Errorf("%v, %v", err, &a)
	}
	if err := in.store(t.Context(), film, &a, size); err != nil || a.GetUrl() == "" || a.GetSize() != size {
		t.Errorf("just as large: %v, %v", err, &a)
	}
}
