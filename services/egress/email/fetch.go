package email

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/email/internal/imap"
	"github.com/bonychat/puente/services/egress/email/internal/letter"
)

// piece is how much of a part is asked for at a time, in bytes.
const piece = 1 << 20

// handle says where a part is: of a mail in the mailbox, by its UID, or where UIDs are new by its message id.
type handle struct {
	Validity uint32 `json:"v"`
	UID      uint32 `json:"u"`
	ID       string `json:"id,omitempty"`
	Section  string `json:"s"`
	Encoding string `json:"e,omitempty"`
	// Size is the part's, as it is encoded: some servers tell too little.
	Size int64 `json:"n,omitempty"`
}

func (h handle) String() string {
	text, _ := json.Marshal(h) // of texts and numbers
	return string(text)
}

// Fetch implements [provider.Fetcher]: a connection of its own, over which the part comes piece by piece.
func (s *sender) Fetch(ctx context.Context, a *messagev1.Attachment) (*provider.File, error) {
	var h handle
	if json.Unmarshal([]byte(a.GetHandle()), &h) != nil || h.Section == "" {
		return nil, outcome.Reject(fileGone, errors.New("no handle of a mail"))
	}
	select {
	case s.fetching <- struct{}{}:
	case <-ctx.Done():
		return nil, outcome.Temporary(noAnswer, ctx.Err())
	}
	p, err := s.openPart(ctx, h)
	if err != nil {
		<-s.fetching
		return nil, err
	}
	return &provider.File{Body: p, MediaType: a.GetMediaType(), Name: a.GetFileName()}, nil
}

// openPart finds the mail, and fetches the first piece.
func (s *sender) openPart(ctx context.Context, h handle) (*part, error) {
	c, err := s.logIn(ctx)
	if err != nil {
		return nil, err
	}
	p := &part{ctx: ctx, client: c, at: h, places: s.fetching}
	if err := p.find(ctx, s.account.mailbox()); err != nil {
		c.Close()
		return nil, err
	}
	if err := p.more(); err != nil && err != io.EOF {
		c.Close()
		return nil, err
	}
	p.plain = letter.Decoder(h.Encoding, encodedPart{p})
	return p, nil
}

// part is a part of a mail as it is fetched. It is read by one goroutine.
type part struct {
	ctx    context.Context
	client *imap.Client
	at     handle
	places chan struct{}
	plain  io.Reader // decoded

	piece  bytes.Reader
	from   int
	ended  bool
	closed bool
}

// find opens the mailbox and finds the mail.
func (p *part) find(ctx context.Context, mailbox string) error {
	box, err := p.client.Examine(ctx, mailbox)
	if err != nil {
		return judgeIMAP(err)
	}
	if box.Validity == p.at.Validity {
		return nil
	}
	if p.at.ID == "" {
		return outcome.Reject(fileGone, errors.New("the mailbox has new UIDs, and the mail no id"))
	}
	all, err := p.client.Named(ctx, "<"+p.at.ID+">")
	switch {
	case err != nil:
		return judgeIMAP(err)
	case len(all) == 0:
		return outcome.Reject(fileGone, errors.New("no mail with this id"))
	}
	p.at.UID = all[len(all)-1]
	return nil
}

// more fetches the next piece.
func (p *part) more() error {
	if p.ended {
		return io.EOF
	}
	body, ok, err := p.client.Body(p.ctx, p.at.UID, p.at.Section, p.from, piece)
	switch {
	case isRefused(err):
		return outcome.Reject(fileGone, err)
	case err != nil:
		return judgeIMAP(err)
	case !ok:
		return outcome.Reject(fileGone, errors.New("no such mail"))
	}
	p.from += len(body)
	p.ended = len(body) == 0 || len(body) < piece && int64(p.from) >= p.at.Size
	p.piece.Reset(body)
	return nil
}

// encodedPart reads the pieces one after the other.
type encodedPart struct{ *part }

func (p encodedPart) Read(b []byte) (int, error) {
	for p.piece.Len() == 0 {
		if err := p.more(); err != nil {
			return 0, err
		}
	}
	return p.piece.Read(b)
}

// Read implements [io.Reader].
func (p *part) Read(b []byte) (int, error) { return p.plain.Read(b) }

// Close implements [io.Closer].
func (p *part) Close() error {
	if !p.closed {
		p.closed = true
		p.client.Logout()
		<-p.places
	}
	return nil
}
