package imap

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// Mailbox is what a server says of one.
type Mailbox struct {
	// Validity changes when the mails get new UIDs; Next is more than the UID of every mail, 0 where the server does not tell.
	Validity, Next uint32
}

// Examine opens a mailbox to read it and to change nothing.
func (c *Client) Examine(ctx context.Context, name string) (m Mailbox, err error) {
	quoted, err := quote(utf7(name))
	if err != nil {
		return m, err
	}
	err = c.command(ctx, "EXAMINE", "EXAMINE "+quoted, func(r response) error {
		n, _ := strconv.ParseUint(r.detail, 10, 32)
		switch r.code {
		case "UIDVALIDITY":
			m.Validity = uint32(n)
		case "UIDNEXT":
			m.Next = uint32(n)
		}
		return nil
	})
	if err == nil && m.Validity == 0 {
		return m, errGrammar
	}
	return m, err
}

// After are the UIDs of the mails behind one, in order; where since is set, only of those that came on that day or later, by the server's
// calendar.
func (c *Client) After(ctx context.Context, uid uint32, since time.Time) ([]uint32, error) {
	what := fmt.Sprintf("UID %d:*", uint64(uid)+1)
	if !since.IsZero() {
		what += " SINCE " + since.UTC().Format("2-Jan-2006")
	}
	c.news = false
	all, err := c.search(ctx, what)
	// "n:*" is the last mail too where that is before n
	return slices.DeleteFunc(all, func(one uint32) bool { return one <= uid }), err
}

// Named are the UIDs of mails with a Message-ID.
func (c *Client) Named(ctx context.Context, id string) ([]uint32, error) {
	quoted, err := quote(id)
	if err != nil {
		return nil, nil // no mail has such a one
	}
	return c.search(ctx, "HEADER Message-ID "+quoted)
}

func (c *Client) search(ctx context.Context, what string) ([]uint32, error) {
	var all []uint32
	err := c.command(ctx, "SEARCH", "UID SEARCH "+what, func(r response) error {
		if r.name == "SEARCH" {
			for _, v := range r.values {
				if n := v.number(); n > 0 && n <= 1<<32-1 {
					all = append(all, uint32(n))
				}
			}
		}
		return nil
	})
	slices.Sort(all)
	return slices.Compact(all), err
}

// Idle waits until the mailbox says that mails came, for a time at most (RFC 2177). It says whether some may have come.
func (c *Client) Idle(ctx context.Context, most time.Duration) (came bool, err error) {
	err = c.within(ctx, func() error {
		tag := c.next()
		if err := c.line(tag + " IDLE"); err != nil {
			return err
		}
		for idles := false; !idles; {
			r, err := c.read()
			switch {
			case err != nil:
				return err
			case r.tag == "+":
				idles = true
			case r.tag == "*" && r.name == "BYE", r.tag == tag:
				return &Refusal{"IDLE", r.name, word2code(r.code)}
			case r.tag != "*":
				return errGrammar
			case r.name == "EXISTS":
				came = true
			}
		}
		until := time.Now().Add(most)
		for !came {
			if err := c.conn.SetReadDeadline(until); err != nil {
				return err
			}
			if _, err := c.r.Peek(1); timedOut(err) {
				break
			} else if err != nil {
				return err
			}
			if err := c.conn.SetReadDeadline(time.Now().Add(answerTimeout)); err != nil {
				return err
			}
			r, err := c.read()
			switch {
			case err != nil:
				return err
			case r.name == "BYE":
				return &Refusal{"IDLE", r.name, word2code(r.code)}
			case r.tag != "*":
				return errGrammar
			}
			came = r.name == "EXISTS"
		}
		if err := c.conn.SetReadDeadline(time.Now().Add(answerTimeout)); err != nil {
			return err
		}
		if err := c.line("DONE"); err != nil {
			return err
		}
		return c.finish("IDLE", tag, func(r response) error {
			came = came || r.name == "EXISTS"
			return nil
		})
	})
	return came, err
}

// Noop asks whether there is news, for servers without IDLE.
func (c *Client) Noop(ctx context.Context) error { return c.command(ctx, "NOOP", "NOOP", nil) }

// utf7 is a mailbox's name as IMAP4rev1 spells it (RFC 3501, 5.1.3).
func utf7(name string) string {
	var out strings.Builder
	var wide []rune
	flush := func() {
		if wide == nil {
			return
		}
		var b []byte
		for _, u := range utf16.Encode(wide) {
			b = append(b, byte(u>>8), byte(u))
		}
		out.WriteString("&" + strings.ReplaceAll(base64.RawStdEncoding.EncodeToString(b), "/", ",") + "-")
		wide = nil
	}
	for _, r := range name {
		switch {
		case r < ' ' || r > '~':
			wide = append(wide, r)
			continue
		case r == '&':
			flush()
			out.WriteString("&-")
		default:
			flush()
			out.WriteRune(r)
		}
	}
	flush()
	return out.String()
}
