package email

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/email/internal/imap"
)

const (
	// idlesFor is how long one IDLE lasts: less than routers keep a silent connection, and servers a silent client (RFC 2177).
	idlesFor = 9 * time.Minute
	// pollsEvery is how often a server without IDLE is asked.
	pollsEvery = 20 * time.Second
	// before is how far back is read where UIDs are new: what came at once with the last mail that was heard.
	before = 24 * time.Hour
	// mostLooks is how often in a row a mailbox is looked at that says there are other mails, and has none.
	mostLooks = 5
)

// Listens implements [provider.Listener]: every account is listened to.
func (s *sender) Listens() bool { return true }

// Listen implements [provider.Listener].
func (s *sender) Listen(ctx context.Context, cursor string, store provider.Store) error {
	err := s.listen(ctx, cursor, store)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (s *sender) listen(ctx context.Context, cursor string, store provider.Store) error {
	c, err := s.logIn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	box, err := c.Examine(ctx, s.account.mailbox())
	if err != nil {
		return judgeIMAP(err)
	}
	e := &ear{Client: c, sender: s, store: store, at: readPlace(cursor)}
	if err := e.begin(ctx, box); err != nil {
		return err
	}
	for looks := 0; ; {
		took, err := e.catchUp(ctx)
		if err != nil {
			return err
		}
		if looks++; took {
			looks = 0
		}
		if e.News() && looks < mostLooks { // mails came meanwhile: the server has told it, and does not tell it again
			continue
		}
		looks = 0
		if err := e.wait(ctx); err != nil {
			return judgeIMAP(err)
		}
	}
}

// ear hears from one connection.
type ear struct {
	*imap.Client
	sender *sender
	store  provider.Store
	at     place
	given  uint32 // of a mailbox with new UIDs: see lastGiven
}

// begin finds the place from which on a mailbox is heard.
func (e *ear) begin(ctx context.Context, box imap.Mailbox) (err error) {
	switch {
	case e.at.validity == 0:
		return e.beginNew(ctx, box)
	case e.at.validity == box.Validity && e.at.since.IsZero():
		return nil
	case e.at.validity != box.Validity: // all mails have new UIDs: those of the last days are read again, and known by their keys
		since := e.at.since
		if since.IsZero() {
			since = e.at.last.Add(-before)
		}
		if since.Before(epoch) { // nothing was heard yet
			since = epoch
		}
		e.at = place{validity: box.Validity, last: e.at.last, since: since}
	}
	e.given, err = e.lastGiven(ctx, box)
	return err
}

// beginNew begins with a mailbox of which nothing was heard yet.
func (e *ear) beginNew(ctx context.Context, box imap.Mailbox) (err error) {
	e.at = place{validity: box.Validity, last: epoch}
	if e.sender.account.From == fromBeginning {
		return nil
	}
	e.at.last = time.Now()
	if e.at.uid, err = e.lastGiven(ctx, box); err != nil {
		return err
	}
	return e.store(ctx, e.at.cursor())
}

// lastGiven is the highest UID that the mailbox has given so far: mails that come from now on have higher ones.
func (e *ear) lastGiven(ctx context.Context, box imap.Mailbox) (uint32, error) {
	if box.Next > 0 {
		return box.Next - 1, nil
	}
	all, err := e.After(ctx, 0, time.Time{})
	if err != nil || len(all) == 0 {
		return 0, judgeIMAP(err)
	}
	return all[len(all)-1], nil
}

// catchUp takes all mails that came since, and says whether there were some.
func (e *ear) catchUp(ctx context.Context) (took bool, err error) {
	all, err := e.After(ctx, e.at.uid, e.at.since)
	if err != nil {
		return false, judgeIMAP(err)
	}
	for _, uid := range all {
		h, ok, err := e.take(ctx, uid)
		if err != nil {
			return false, judgeIMAP(err)
		}
		e.at.uid = uid
		if !ok { // somebody has moved or deleted it
			continue
		}
		if h.At.After(e.at.last) {
			e.at.last = h.At
		}
		if err := e.store(ctx, e.at.cursor(), h.call()); err != nil {
			return false, err
		}
	}
	if !e.at.since.IsZero() {
		// what was there already and was not found now came before: it was heard by the UID that it had
		e.at.uid, e.at.since = max(e.at.uid, e.given), time.Time{}
		return len(all) > 0, e.store(ctx, e.at.cursor())
	}
	return len(all) > 0, nil
}

// take fetches what is stored of one mail. One that the server does not hand out is stored as that, or it would stand in the way of
// all behind it.
func (e *ear) take(ctx context.Context, uid uint32) (h heard, ok bool, err error) {
	h = heard{Validity: e.at.validity, UID: uid}
	head, ok, err := e.Head(ctx, uid, maxHeader)
	if isRefused(err) { // perhaps for its structure alone
		head.Header, ok, err = e.Body(ctx, uid, "HEADER", 0, maxHeader)
	}
	if isRefused(err) || isPassing(err) && e.sender.stuck.often(uid) {
		h.Key, h.Unread = e.at.name(uid), true
		return h, true, nil
	}
	if err != nil || !ok {
		return h, false, err
	}
	h.Key, h.At, h.Size, h.Header, h.Structure = keyOf(head.Header), head.At.UTC(), head.Size, head.Header, head.Structure
	if head.At.IsZero() {
		h.At = time.Time{}
	}
	h.Bodies, err = e.bodies(ctx, h)
	return h, true, err
}

// bodies fetches the parts that Receive reads: a report's own, or the words of a mail.
func (e *ear) bodies(ctx context.Context, h heard) (map[string][]byte, error) {
	out := map[string][]byte{}
	fetch := func(section string, most int) error {
		if _, known := out[section]; known || len(out) >= maxTexts {
			return nil
		}
		body, ok, err := e.Body(ctx, h.UID, section, 0, most)
		if isRefused(err) {
			return nil
		}
		if ok {
			out[section] = body
		}
		return err
	}
	if p, ok := h.part("message/delivery-status", "message/global-delivery-status"); ok && h.isReport() {
		if err := fetch(p.Section, maxReport); err != nil {
			return out, err
		}
		if section, _, ok := h.returned(); ok {
			if err := fetch(section, maxReport); err != nil {
				return out, err
			}
		}
		h.Bodies = out
		if words, ok := h.part("text/plain"); ok && h.recipient().vague() { // its words for people may say more
			return out, fetch(words.Section, maxReport)
		}
		return out, nil
	}
	h.Bodies = out
	for _, w := range h.texts() {
		said := false
		for _, p := range w.plain {
			if err := fetch(p.Section, maxText); err != nil {
				return out, err
			}
			text, _ := h.text(p)
			said = said || strings.TrimSpace(text) != ""
		}
		if said {
			continue
		}
		for _, p := range w.html {
			if err := fetch(p.Section, maxText); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

// wait waits until mails may have come.
func (e *ear) wait(ctx context.Context) error {
	if e.Can("IDLE") {
		_, err := e.Idle(ctx, idlesFor)
		return err
	}
	provider.Pause(ctx, pollsEvery)
	return e.Noop(ctx)
}

// mostTries is how often a mail is asked for that the server hands out later, as it says.
const mostTries = 5

// stuck counts the tries of the mail that is asked for.
type stuck struct {
	mu    sync.Mutex
	uid   uint32
	tries int
}

// often says that a mail was asked for often enough.
func (s *stuck) often(uid uint32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.uid != uid {
		s.uid, s.tries = uid, 0
	}
	s.tries++
	return s.tries >= mostTries
}
