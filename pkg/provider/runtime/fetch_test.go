package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus/media"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// file is a file on its way in.
func file(body, mediaType, name string) *provider.File {
	return &provider.File{Body: io.NopCloser(strings.NewReader(body)), MediaType: mediaType, Name: name}
}

// fetches is the courier whose files are had so.
func fetches(f func(context.Context, *messagev1.Attachment) (*provider.File, error)) provider.Network[courierAccount] {
	return courier(fetching{idle, f})
}

const (
	docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

const png = "\x89PNG\r\n\x1a\n and so on"

func TestAnAttachmentIsStoredBeforeItsMessageGoesOn(t *testing.T) {
	t.Parallel()
	type sent struct{ name, media, caption, file, fileMedia string } // what the call says, and what comes with the file
	type stored struct{ Name, Media, Caption string }
	tests := map[string]struct {
		in   sent
		want stored
	}{
		"what the call says":            {sent{"a.jpg", "image/jpeg", "look", "b.png", "image/png"}, stored{"a.jpg", "image/jpeg", "look"}},
		"what comes with the file":      {sent{file: "b.png", fileMedia: "image/png"}, stored{"b.png", "image/png", ""}},
		"what the bytes say":            {sent{}, stored{"image.png", "image/png", ""}},
		"a name without extension":      {sent{name: "holiday", media: "image/jpeg"}, stored{"holiday.jpg", "image/jpeg", ""}},
		"a type with parameters":        {sent{name: "voice", media: "audio/ogg; codecs=opus"}, stored{"voice.ogg", "audio/ogg; codecs=opus", ""}},
		"a type that nobody knows":      {sent{media: "application/x-nobody-knows"}, stored{"image.bin", "application/x-nobody-knows", ""}},
		"a name with a path":            {sent{name: "../../etc/passwd.png"}, stored{"passwd.png", "image/png", ""}},
		"a name with another's path":    {sent{name: `C:\photos\me.png`}, stored{"me.png", "image/png", ""}},
		"a name that is only a path":    {sent{name: "../.."}, stored{"image.png", "image/png", ""}},
		"a name that ends with a dot":   {sent{name: "photo."}, stored{"photo.png", "image/png", ""}},
		"a name with a dot in it":       {sent{name: "factura.2024 marzo", media: docx}, stored{"factura.2024 marzo.docx", docx, ""}},
		"another name of the type":      {sent{media: "image/jpg"}, stored{"image.jpg", "image/jpeg", ""}},
		"a type that says nothing":      {sent{name: "b.xlsx", fileMedia: "application/octet-stream"}, stored{"b.xlsx", xlsx, ""}},
		"two types in one":              {sent{media: "image/png, text/html", fileMedia: "image/png, text/html"}, stored{"image.png", "image/png", ""}},
		"a type with a line of its own": {sent{media: "image/jpeg\r\nX-Injected: 1"}, stored{"image.png", "image/png", ""}},
		"the caption, whatever it says": {sent{name: "a.png", caption: "line\nand \"quotes\""}, stored{"a.png", "image/png", "line\nand \"quotes\""}},
	}
	w := start(t, fetches(func(_ context.Context, a *messagev1.Attachment) (*provider.File, error) {
		in := tests[a.GetHandle()].in
		return file(png, in.fileMedia, in.file), nil
	}))
	for name, test := range tests {
		w.call(fmt.Sprintf(`[{"key": %q, "from": %[1]q, "file": %[1]q, "name": %q, "type": %q, "caption": %q}]`, name, test.in.name, test.in.media, test.in.caption))
	}
	for _, e := range w.awaitMessages(len(tests)) {
		m := e.GetMessage()
		name, a := m.GetContact().GetAddress(), m.GetContent().GetAttachment()
		if diff := cmp.Diff(tests[name].want, stored{a.GetFileName(), a.GetMediaType(), a.GetCaption()}); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		id, ok := strings.CutPrefix(a.GetUrl(), publicURL+"/media/")
		if !ok || a.GetHandle() != "" || a.GetSize() != int64(len(png)) {
			t.Errorf("%s: %v", name, a)
		}
		f, err := media.New(w.bus).Stat(t.Context(), id)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		data, err := io.ReadAll(media.New(w.bus).Open(t.Context(), f))
		if string(data) != png || err != nil || f.Name != a.GetFileName() || f.MediaType != a.GetMediaType() {
			t.Errorf("%s: stored %+v: %q, %v", name, f, data, err)
		}
	}
}

func TestAContactWaitsForItsAttachmentAndOthersDoNot(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	w := start(t, fetches(func(ctx context.Context, a *messagev1.Attachment) (*provider.File, error) {
		if a.GetHandle() == "slow" {
			select {
			case <-release:
			case <-ctx.Done():
			}
		}
		return file(png, "", ""), nil
	}))
	w.call(`[{"key": "a1", "from": "ana", "file": "slow"}, {"key": "a2", "from": "ana", "text": "a2"}, {"key": "b1", "from": "bob", "text": "b1"}]`)
	w.call(`[{"key": "a3", "from": "ana", "text": "a3"}, {"key": "b2", "from": "bob", "file": "quick"}, {"key": "b3", "from": "bob", "text": "b3"}]`)
	for _, e := range w.awaitMessages(3) {
		if from := e.GetMessage().GetContact().GetAddress(); from != "bob" {
			t.Errorf("%s did not wait: %v", from, e)
		}
	}
	close(release)
	got := map[string][]string{}
	for _, e := range w.awaitMessages(6) {
		m := e.GetMessage()
		what := m.GetContent().GetText().GetBody()
		if m.GetContent().GetAttachment() != nil {
			what = "file"
		}
		got[m.GetContact().GetAddress()] = append(got[m.GetContact().GetAddress()], what)
	}
	if diff := cmp.Diff(map[string][]string{"ana": {"file", "a2", "a3"}, "bob": {"b1", "file", "b3"}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAFileThatCannotBeHadBecomesWords(t *testing.T) {
	t.Parallel()
	w := start(t, fetches(func(_ context.Context, a *messagev1.Attachment) (*provider.File, error) {
		switch a.GetHandle() {
		case "gone":
			return nil, outcome.Reject(reason.Untranslated("the network no longer has it"), errors.New(token))
		case "withdrawn":
			return nil, outcome.Suspend(reason.Untranslated("the network refuses the credential"), nil)
		default:
			return nil, outcome.Reject(reason.Untranslated(""), nil)
		}
	}))
	for handle, want := range map[string]string{
		"gone":      "[image \"a.jpg\" could not be fetched: the network no longer has it]\nlook",
		"withdrawn": "[image \"a.jpg\" could not be fetched: the network refuses the credential]\nlook",
		"silent":    "[image \"a.jpg\" could not be fetched]\nlook",
	} {
		w.call(fmt.Sprintf(`[{"key": %q, "from": %[1]q, "file": %[1]q, "name": "a.jpg", "caption": "look"}]`, handle))
		eventually(t, handle, func() bool {
			for _, e := range w.awaitMessages(1) {
				if e.GetMessage().GetContact().GetAddress() == handle {
					if got := e.GetMessage().GetContent().GetText().GetBody(); got != want {
						t.Errorf("%s: %q, want %q", handle, got, want)
					}
					return true
				}
			}
			return false
		})
	}
	w.call(`[{"key": "n", "from": "n", "file": "gone"}]`)
	if got := w.awaitMessages(4)[3].GetMessage().GetContent().GetText().GetBody(); got != "[image could not be fetched: the network no longer has it]" {
		t.Errorf("without name and caption: %q", got)
	}
}

func TestANetworkWithoutFetchSaysSoInWords(t *testing.T) {
	t.Parallel()
	w := start(t, courier(idle))
	w.call(`[{"key": "k", "from": "ana", "file": "h", "caption": "look"}]`)
	if got := w.awaitMessages(1)[0].GetMessage().GetContent().GetText().GetBody(); got != "[image could not be fetched: the network's service cannot fetch files]\nlook" {
		t.Errorf("%q", got)
	}
}

// failing is a body that breaks off.
type failing struct{ io.Reader }

func (f failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err == io.EOF {
		err = errors.New("broke off")
	}
	return n, err
}

func TestAFetchIsTriedAgain(t *testing.T) {
	t.Parallel()
	var tries atomic.Int32
	w := start(t, fetches(func(_ context.Context, a *messagev1.Attachment) (*provider.File, error) {
		if a.GetMediaType() != "" || a.GetFileName() != "" {
			t.Errorf("a failed try leaves its mark: %v", a)
		}
		switch tries.Add(1) {
		case 1:
			return nil, outcome.Temporary(reason.Untranslated("away"), nil)
		case 2:
			panic(token)
		case 3:
			return &provider.File{Body: io.NopCloser(failing{strings.NewReader(png)}), Name: "wrong.gif"}, nil
		case 4:
			return nil, outcome.Wait(1, outcome.Channel, nil)
		default:
			return file(png, "", ""), nil
		}
	}))
	w.call(`[{"key": "k", "from": "ana", "file": "h", "caption": "look"}]`)
	a := w.awaitMessages(1)[0].GetMessage().GetContent().GetAttachment()
	if a.GetCaption() != "look" || a.GetFileName() != "image.png" || a.GetSize() != int64(len(png)) || tries.Load() != 5 {
		t.Errorf("after %d tries: %v", tries.Load(), a)
	}
	if strings.Contains(w.logs.String(), token) {
		t.Error("the log tells what was panicked with")
	}
}

// TestAHostThatHangsHoldsBackNoTexts: however many attachments wait for it.
func TestAHostThatHangsHoldsBackNoTexts(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	var at, most atomic.Int32
	w := start(t, fetches(func(context.Context, *messagev1.Attachment) (*provider.File, error) {
		if n := at.Add(1); n > most.Load() {
			most.Store(n)
		}
		<-release
		at.Add(-1)
		return file(png, "", ""), nil
	}))
	const hanging = 200
	for i := range hanging {
		w.call(fmt.Sprintf(`[{"key": "f%d", "from": "c%[1]d", "file": "h"}]`, i))
	}
	w.call(`[{"key": "t", "from": "ana", "text": "hola"}]`)
	if got := w.awaitMessages(1)[0].GetMessage().GetContent().GetText().GetBody(); got != "hola" {
		t.Errorf("first came %q", got)
	}
	close(release)
	w.awaitMessages(hanging + 1)
	if n := most.Load(); n > 8 {
		t.Errorf("%d fetched at once for one channel", n)
	}
}
