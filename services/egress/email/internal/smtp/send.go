package smtp

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Envelope is what a server is told beside the message itself.
type Envelope struct {
	// From and To are addresses, each one that [Addressable] takes.
	From, To string
	// ID is told with what becomes of the message, where the server does that: letters, digits and "-".
	ID string
	// Success asks for word of a delivery too, not of a failure and a delay alone.
	Success bool
	// Size is how large the message is about, in bytes; 0 where that is not known.
	Size int64
}

// Addressable says whether an address can stand in an envelope: one "@" with something on both sides, and nothing that could end it or
// begin another word.
func Addressable(address string) bool {
	local, domain, ok := strings.Cut(address, "@")
	return ok && local != "" && domain != "" && len(local) <= 64 && len(domain) <= 255 && !strings.ContainsFunc(address, func(r rune) bool {
		return r <= ' ' || r == 0x7f || strings.ContainsRune(`<>()[]\,;:"`, r) || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029
	}) && !strings.Contains(domain, "@")
}

// Send hands over one message, which content writes. [ErrUnclear] is in the error where the server may have taken it; any other error
// means that it has not. An error of content is returned as it is.
func (c *Client) Send(ctx context.Context, e Envelope, content func(io.Writer) error) error {
	if !Addressable(e.From) || !Addressable(e.To) {
		return errors.New("an address that cannot be written")
	}
	return c.within(ctx, func() error {
		from, to := "MAIL FROM:<"+e.From+">", "RCPT TO:<"+e.To+">"
		if _, ok := c.Offers("SIZE"); ok && e.Size > 0 {
			from += fmt.Sprintf(" SIZE=%d", e.Size)
		}
		if !ascii(e.From) || !ascii(e.To) {
			if _, ok := c.Offers("SMTPUTF8"); !ok {
				return &Refusal{Step: "RCPT", Reply: Reply{Code: 553, Status: "5.6.7"}} // RFC 6531, 3.5
			}
			from += " SMTPUTF8"
		}
		if _, ok := c.Offers("8BITMIME"); ok && !ascii(e.From+e.To) {
			from += " BODY=8BITMIME"
		}
		if _, ok := c.Offers("DSN"); ok {
			from += " RET=HDRS ENVID=" + e.ID
			to += " NOTIFY=FAILURE,DELAY"
			if e.Success {
				to += ",SUCCESS"
			}
			if ascii(e.To) {
				to += " ORCPT=rfc822;" + xtext(e.To)
			}
		}
		if _, err := c.ask("MAIL", from, 250); err != nil {
			return err
		}
		if _, err := c.ask("RCPT", to, 250); err != nil {
			return err
		}
		if _, err := c.ask("DATA", "DATA", 354); err != nil {
			return err
		}
		w := bufio.NewWriterSize(c.conn, 32<<10)
		lines := &stuffer{w: w, begins: true}
		if err := content(lines); err != nil {
			return err
		}
		if err := lines.end(); err != nil {
			return err
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if _, err := io.WriteString(c.conn, ".\r\n"); err != nil {
			return fmt.Errorf("%w: %w", ErrUnclear, err)
		}
		_, err := c.answerIn("DATA", 250, doneTimeout)
		if _, refused := errors.AsType[*Refusal](err); err != nil && !refused {
			return fmt.Errorf("%w: %w", ErrUnclear, err)
		}
		return err
	})
}

func ascii(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 })
}

// xtext is RFC 3461, 4.
func xtext(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c < '!' || c > '~' || c == '+' || c == '=' {
			fmt.Fprintf(&b, "+%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// stuffer makes all line ends CRLF, and doubles a dot at the beginning of a line (RFC 5321, 4.5.2).
type stuffer struct {
	w      *bufio.Writer
	begins bool // a line
	cr     bool // the last byte was a CR, which is not written yet
}

// Write implements [io.Writer].
func (s *stuffer) Write(p []byte) (int, error) {
	for i, b := range p {
		if err := s.put(b); err != nil {
			return i, err
		}
	}
	return len(p), nil
}

func (s *stuffer) put(b byte) error {
	if s.cr || b == '\n' {
		s.cr = false
		if err := s.newline(); err != nil {
			return err
		}
		if b == '\n' {
			return nil
		}
	}
	if b == '\r' {
		s.cr = true
		return nil
	}
	if s.begins && b == '.' {
		if err := s.w.WriteByte('.'); err != nil {
			return err
		}
	}
	s.begins = false
	return s.w.WriteByte(b)
}

func (s *stuffer) newline() error {
	s.begins = true
	_, err := s.w.WriteString("\r\n")
	return err
}

// end ends the last line.
func (s *stuffer) end() error {
	if s.cr || !s.begins {
		s.cr = false
		return s.newline()
	}
	return nil
}
