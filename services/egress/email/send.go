package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/download"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/email/internal/letter"
	"github.com/bonychat/puente/services/egress/email/internal/smtp"
)

const (
	// mostFile is the largest file that is attached, whatever a server would take.
	mostFile = 100 << 20
	// usualSize is what a server is believed to take that says nothing: https://support.google.com/mail/answer/6584
	usualSize = 25 << 20
	// transferTimeout bounds one file's way.
	transferTimeout = 4 * time.Minute
)

// idField repeats the message id, for servers that put one of their own in its place.
const idField = "X-Puente-Message"

// own finds the key in a message id of ours.
var own = regexp.MustCompile(`(?i)\b([0-9a-z][0-9a-z-]{0,49})\.puente@`)

// idOf is the message id of a send.
func (a Account) idOf(m *messagev1.Message) string {
	return provider.IdempotencyKey(m) + ".puente@" + a.domain()
}

// Send implements [provider.Sender]: one mail on a connection of its own.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (provider.Sent, error) {
	to := m.GetContact().GetAddress()
	if !smtp.Addressable(to) {
		return provider.Sent{}, outcome.Reject(noAddress, errors.New("no address"))
	}
	var text string
	var file *messagev1.Attachment
	switch k := m.GetContent().GetKind().(type) {
	case *messagev1.Content_Text:
		text = k.Text.GetBody()
	case *messagev1.Content_Attachment:
		if text, file = k.Attachment.GetCaption(), k.Attachment; file.GetUrl() == "" {
			return provider.Sent{}, outcome.Reject(noFileAddress, errors.New("attachment without url"))
		}
		if !Network.Carries.Attachment(file.GetKind()) {
			return provider.Sent{}, outcome.Reject(unknownContent, fmt.Errorf("unknown attachment %v", file.GetKind()))
		}
	default:
		return provider.Sent{}, outcome.Reject(unknownContent, fmt.Errorf("content %T", k))
	}
	if file == nil && strings.TrimSpace(text) == "" {
		return provider.Sent{}, outcome.Reject(empty, nil)
	}
	l := letter.Letter{
		From: letter.Address{Name: s.account.Name, Mail: s.account.Address}, To: letter.Address{Mail: to},
		ID: s.account.idOf(m), At: time.Now(), Text: text,
		Extra: []string{idField, s.account.idOf(m)},
	}
	before, revision, err := s.answer(ctx, &l)
	if err != nil {
		return provider.Sent{}, err
	}
	err = s.deliver(ctx, l, file)
	if file != nil && isTooLarge(err) {
		l.Text = content.JoinNonEmpty("\n\n", text, file.GetUrl())
		err = s.deliver(ctx, l, nil)
	}
	if err != nil {
		return provider.Sent{}, err
	}
	s.begins(ctx, before, revision, l)
	return provider.Sent{Ref: l.ID}, nil
}

// isTooLarge says that a mail was refused for its size, and as a whole.
func isTooLarge(err error) bool {
	f, ok := errors.AsType[*outcome.Failure](err)
	return ok && f.Reason.Code() == tooLarge.Code()
}

// deliver hands over one mail.
func (s *sender) deliver(ctx context.Context, l letter.Letter, file *messagev1.Attachment) error {
	c, err := s.submission(ctx)
	if err != nil {
		return err
	}
	e := smtp.Envelope{From: l.From.Mail, To: l.To.Mail, ID: l.ID, Success: s.account.Receipts == allReceipts}
	if file != nil {
		f, err := download.Open(ctx, s.client, file, room(c.Size(), len(l.Text)), tooLarge.With("code", "SIZE"), transferTimeout)
		if err != nil {
			c.Quit()
			return err
		}
		defer f.Close()
		l.File = &letter.File{Name: f.Name, MediaType: f.MediaType, Body: f}
		if f.Size >= 0 {
			e.Size = f.Size*78/57 + int64(3*len(l.Text)) + 4096
		}
	}
	err = c.Send(ctx, e, func(w io.Writer) error { return l.Write(w) })
	if _, refused := errors.AsType[*smtp.Refusal](err); err == nil || refused {
		c.Quit()
	} else {
		c.Close()
	}
	return judgeSMTP(err)
}

// room is how large a file may be in a mail of so many bytes: base64 makes 78 of 57.
func room(size int64, text int) int64 {
	if size <= 0 {
		size = usualSize
	}
	return max(0, min(mostFile, (size-int64(3*text)-16<<10)/78*57))
}
