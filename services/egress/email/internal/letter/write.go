package letter

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"
	"unicode"
)

// Letter is a mail to be written. Nothing in it can begin another header field, whatever it holds.
type Letter struct {
	From, To Address
	Subject  string
	// ID is its own message id, Answers that of the mail that it answers, Thread those before it, from the oldest; none has brackets.
	ID, Answers string
	Thread      []string
	At          time.Time
	// Extra are fields of our own, name and value by turns.
	Extra []string
	Text  string
	// File follows the text; nil for none.
	File *File
}

// File is an attachment.
type File struct {
	Name, MediaType string
	Body            io.Reader
}

// maxThread bounds the ids in References: the first, and the last of the others.
const maxThread = 20

// Write writes the mail, in ASCII but for addresses that are not, with lines of at most 998 characters.
func (l Letter) Write(w io.Writer) error {
	var head bytes.Buffer
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&head, "%s: %s\r\n", name, value)
		}
	}
	field("From", l.From.written())
	field("To", l.To.written())
	field("Subject", fold(encoded(OneLine(l.Subject))))
	field("Date", l.At.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	field("Message-ID", bracketed(l.ID))
	field("In-Reply-To", bracketed(l.Answers))
	field("References", bracketed(l.thread()...))
	for i := 0; i+1 < len(l.Extra); i += 2 {
		field(l.Extra[i], encoded(OneLine(l.Extra[i+1])))
	}
	field("MIME-Version", "1.0")
	if l.File == nil {
		field("Content-Type", "text/plain; charset=utf-8")
		field("Content-Transfer-Encoding", "quoted-printable")
		head.WriteString("\r\n")
		if _, err := w.Write(head.Bytes()); err != nil {
			return err
		}
		return l.text(w)
	}
	// the same for each try of the mail; "=_" stands in no text that is quoted-printable, nor in base64
	boundary := "=_" + strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '-'
	}, l.ID)
	boundary = boundary[:min(len(boundary), 70)]
	field("Content-Type", fmt.Sprintf("multipart/mixed; boundary=%q", boundary))
	head.WriteString("\r\n")
	if strings.TrimSpace(l.Text) != "" {
		fmt.Fprintf(&head, "--%s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", boundary)
		if err := l.text(&head); err != nil {
			return err
		}
		head.WriteString("\r\n")
	}
	name := map[string]string{"filename": OneLine(l.File.Name)}
	kind := mime.FormatMediaType(l.File.MediaType, nil)
	if kind == "" {
		kind = "application/octet-stream"
	}
	fmt.Fprintf(&head, "--%s\r\nContent-Type: %s\r\nContent-Disposition: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n",
		boundary, kind, mime.FormatMediaType("attachment", name))
	if _, err := w.Write(head.Bytes()); err != nil {
		return err
	}
	lines := &wrapped{w: w}
	b := base64.NewEncoder(base64.StdEncoding, lines)
	if _, err := io.Copy(b, l.File.Body); err != nil {
		return err
	}
	if err := b.Close(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\r\n--%s--\r\n", boundary)
	return err
}

func (l Letter) text(w io.Writer) error {
	q := quotedprintable.NewWriter(w)
	if _, err := io.WriteString(q, strings.NewReplacer("\r\n", "\r\n", "\n", "\r\n", "\r", "\r\n").Replace(l.Text)); err != nil {
		return err
	}
	if err := q.Close(); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\r\n")
	return err
}

// thread are the ids of References.
func (l Letter) thread() []string {
	all := l.Thread
	if l.Answers != "" && (len(all) == 0 || all[len(all)-1] != l.Answers) {
		all = append(all[:len(all):len(all)], l.Answers)
	}
	if len(all) > maxThread {
		all = append(all[:1:1], all[len(all)-maxThread+1:]...)
	}
	return all
}

// bracketed are ids as a field has them, one a line. What could end a field or an id is in none.
func bracketed(ids ...string) string {
	var good []string
	for _, id := range ids {
		if messageID.MatchString("<"+id+">") && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			good = append(good, "<"+id+">")
		}
	}
	return strings.Join(good, "\r\n ")
}

// written is an address as a field has it.
func (a Address) written() string {
	m := mail.Address{Name: OneLine(a.Name), Address: a.Mail}
	return strings.NewReplacer("\r", "", "\n", "").Replace(m.String())
}

func encoded(text string) string { return mime.QEncoding.Encode("utf-8", text) }

// fold breaks a field at its blanks, before it is too long.
func fold(value string) string {
	var b strings.Builder
	line := len("Subject: ")
	for i, word := range strings.Split(value, " ") {
		switch {
		case i == 0:
		case line+1+len(word) > 76 && word != "":
			b.WriteString("\r\n ")
			line = 1
		default:
			b.WriteByte(' ')
			line++
		}
		b.WriteString(word)
		line += len(word)
	}
	return b.String()
}

// wrapped breaks base64 into lines.
type wrapped struct {
	w  io.Writer
	at int
}

func (l *wrapped) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		n := min(len(p), 76-l.at)
		if _, err := l.w.Write(p[:n]); err != nil {
			return written, err
		}
		written, p, l.at = written+n, p[n:], l.at+n
		if l.at == 76 {
			if _, err := io.WriteString(l.w, "\r\n"); err != nil {
				return written, err
			}
			l.at = 0
		}
	}
	return written, nil
}
