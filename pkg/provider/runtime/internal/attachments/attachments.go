// Package attachments takes in what contacts sent as files: the network's code fetches a file, and it is stored before its message goes
// on. It bounds how many are fetched at once, and how often and how long one is tried. It knows no channel's settings, and never
// waits: it says when to come again.
package attachments

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/media"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/internal/account"
	"github.com/bonychat/puente/pkg/provider/internal/attachment"
	"github.com/bonychat/puente/pkg/provider/internal/fetched"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// fetchTimeout bounds one try: a file of [provider.MaxFile] bytes comes through at 14 Mbit/s.
const fetchTimeout = time.Minute

// Intake takes in the attachments of one network. Its fields are set before its first use; it is safe for concurrent use, and is not
// copied.
type Intake struct {
	// Network is whose files they are.
	Network string
	// Files is where they are kept.
	Files *media.Store
	// PublicURL is what their links start with, without a slash at its end.
	PublicURL string
	// Log is told of what could not be had; it holds no text, no address of a contact and no credential.
	Log *slog.Logger

	slots slots
}

// Take replaces the handle of a message's attachment by a link of our own, or the attachment by words that say it could not be had: a
// message is never held back for its file for longer than [Tries] allow. A message without a handle stays as it is. An error is
// [consume.RetryAfter]: come again then. It is called by the lane of the contact, one at a time for a message, and changes m only where
// it returns nil.
func (in *Intake) Take(ctx context.Context, sender provider.Sender, m *messagev1.Message, t *Tries) error {
	a := m.GetContent().GetAttachment()
	if a.GetHandle() == "" {
		return nil
	}
	done, ok := in.slots.begin(m.GetChannel())
	// not waited for here: this goroutine is one of those that the texts of others need
	if !ok {
		if pause, ok := t.wait(time.Now()); ok {
			return consume.RetryAfter(pause)
		}
		in.goOn(m, t, reason.ManyFiles, errors.New("others took all the time that it may wait"))
		return nil
	}
	defer done()
	fetcher, ok := sender.(provider.Fetcher)
	if !ok {
		m.Content = content.Text(unavailable(a, reason.NoFetcher))
		return nil
	}
	t.begin(time.Now()) // before the try, so that the time that it takes counts
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	err := account.Shield(in.Log, in.Network, "fetch", func() error { return in.store(ctx, fetcher, a, provider.MaxFile) })
	if err == nil {
		return nil
	}
	f := outcome.Classify(err)
	// the contact's next words wait behind this: see Tries for how long
	if pause, ok := t.again(f, time.Now()); ok {
		in.about(m, t).Info("attachment not fetched yet", "err", err)
		return consume.RetryAfter(pause)
	}
	in.goOn(m, t, f.Reason, err)
	return nil
}

// about is the log with what an entry about an attachment names.
func (in *Intake) about(m *messagev1.Message, t *Tries) *slog.Logger {
	return in.Log.With("network", in.Network, "channel", m.GetChannel(), "id", m.GetId(), "try", t.n)
}

// goOn puts words in the place of an attachment that is not tried any more.
func (in *Intake) goOn(m *messagev1.Message, t *Tries, why reason.Reason, err error) {
	in.about(m, t).Warn("attachment not fetched: the message goes on without it", "err", err)
	m.Content = content.Text(unavailable(m.GetContent().GetAttachment(), why))
}

// store fetches an attachment once, stores it, and puts its address, name, type and size in the place of its handle. On an
// error the attachment is as it was, and nothing is stored. The file goes through memory a piece at a time: its first bytes, by which
// its type is found, and 128 kB on their way to the broker. most is in bytes.
func (in *Intake) store(ctx context.Context, fetcher provider.Fetcher, a *messagev1.Attachment, most int64) error {
	raw, err := fetcher.Fetch(ctx, a)
	if err != nil {
		return err
	}
	defer raw.Body.Close()
	file, err := fetched.Examine(a, raw, most)
	if err != nil {
		return err
	}
	// under a new id at each try: what an earlier one has stored is nobody's, and was taken out
	stored, err := in.Files.Put(ctx, in.Network, file.Name, file.MediaType, file.Body)
	// final: the file does not get smaller
	if errors.Is(err, fetched.ErrTooLarge) {
		return outcome.Reject(reason.FileTooLarge, nil)
	}
	// final too: there is room when old files are past their time, and each try fetches the file anew
	if errors.Is(err, bus.ErrNoRoom) {
		return outcome.Reject(reason.FilesFull, err)
	}
	if err != nil {
		return err
	}
	// only now, when the file is whole: a message that is tried again still has its handle
	a.MediaType, a.FileName = file.MediaType, file.Name
	a.Url, a.Handle, a.Size = in.PublicURL+"/media/"+stored.ID, "", stored.Size
	return nil
}

// unavailable says in words what could not be had, for the agent. What the contact wrote beside the file is kept.
func unavailable(a *messagev1.Attachment, why reason.Reason) string {
	kind := attachment.Kind(a.GetKind())
	text := fmt.Sprintf("[%s could not be fetched", kind)
	if a.GetFileName() != "" {
		text = fmt.Sprintf("[%s %q could not be fetched", kind, a.GetFileName())
	}
	if !why.IsZero() {
		text += ": " + why.String()
	}
	text += "]"
	if a.GetCaption() != "" {
		text += "\n" + a.GetCaption()
	}
	return text
}
