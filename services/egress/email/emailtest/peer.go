package emailtest

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/bonychat/puente/pkg/provider/providertest"
)

// Peer shows both protocols as text for the kit's conversations, one line a request. Which of the two a connection speaks, its first
// answer says, that to "connect": "* OK …" greets by IMAP, "220 …" by SMTP.
//
// By IMAP requests have no tags, and "tag OK" is the end of an answer. "{<<}" at the end of a line begins a literal, "{>>}" at the
// beginning of one ends it. By SMTP a whole mail is one request, decoded. That the bridge takes leave, or ends its waiting (DONE), is answered
// and not shown. "broken", "busy" and "unauthorized" are answers in the words of either.
func Peer(c net.Conn) providertest.Peer {
	return &peer{r: bufio.NewReader(c), w: c}
}

type peer struct {
	r    *bufio.Reader
	w    io.Writer
	met  bool // the connection was told
	imap bool
	smtp bool
	tag  string
	data bool // a mail follows
	auth bool // the last command was AUTHENTICATE
	sasl bool // a line of AUTH or AUTHENTICATE follows
}

// Read implements [providertest.Peer].
func (p *peer) Read() (string, error) {
	if !p.met {
		p.met = true
		return "connect", nil
	}
	for {
		line, err := p.line()
		if err != nil {
			return "", err
		}
		switch {
		case p.data:
			p.data = false
			return p.mail(line)
		case p.sasl:
			p.sasl = false
			return shown(line), nil
		case p.smtp && line == "QUIT":
			_, err = io.WriteString(p.w, "221 2.0.0 bye\r\n")
		case p.smtp:
			return credentials(line), nil
		case line == "DONE":
			_, err = io.WriteString(p.w, p.tag+" OK done\r\n")
		default:
			tag, command, ok := strings.Cut(line, " ")
			if !ok {
				return "", fmt.Errorf("no command: %q", line)
			}
			p.auth = strings.HasPrefix(command, "AUTHENTICATE ")
			if p.tag = tag; command != "LOGOUT" {
				return credentials(command), nil
			}
			_, err = io.WriteString(p.w, "* BYE\r\n"+tag+" OK bye\r\n")
		}
		if err != nil {
			return "", err
		}
	}
}

func (p *peer) line() (string, error) {
	line, err := p.r.ReadString('\n')
	if err != nil {
		return "", err
	}
	if !strings.HasSuffix(line, "\r\n") {
		return "", errors.New("a line does not end with CRLF")
	}
	return strings.TrimSuffix(line, "\r\n"), nil
}

// mail reads a mail up to the single dot, from its first line on.
func (p *peer) mail(line string) (string, error) {
	var raw strings.Builder
	for line != "." {
		if len(line) > 998 {
			return "", errors.New("a line of a mail is longer than 998 characters")
		}
		raw.WriteString(strings.TrimPrefix(line, ".") + "\r\n")
		if strings.HasPrefix(line, ".") && !strings.HasPrefix(line, "..") {
			return "", errors.New("a dot at the beginning of a line is not doubled")
		}
		var err error
		if line, err = p.line(); err != nil {
			return "", err
		}
	}
	return Readable(raw.String())
}

// credentials are shown as they are before they are encoded.
func credentials(line string) string {
	for _, verb := range []string{"AUTH PLAIN ", "AUTHENTICATE PLAIN ", "AUTH XOAUTH2 ", "AUTHENTICATE XOAUTH2 "} {
		if rest, ok := strings.CutPrefix(line, verb); ok {
			return verb + shown(rest)
		}
	}
	return line
}

func shown(encoded string) string {
	if encoded == "" {
		return "(nothing)"
	}
	plain, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return encoded
	}
	return strings.TrimSpace(strings.Join(strings.FieldsFunc(string(plain), func(r rune) bool { return r < ' ' }), " "))
}

// Write implements [providertest.Peer].
func (p *peer) Write(answer string) error {
	answer = strings.TrimSpace(answer)
	if answer == "" {
		return nil
	}
	if !p.imap && !p.smtp {
		p.imap = strings.HasPrefix(answer, "* ")
		p.smtp = !p.imap
	}
	if own, ok := words[answer]; ok {
		if answer = own.smtp; p.imap {
			answer = own.imap
		}
	}
	if p.smtp {
		p.data = strings.HasPrefix(answer, "354")
		p.sasl = strings.HasPrefix(answer, "334")
		_, err := io.WriteString(p.w, strings.ReplaceAll(answer, "\n", "\r\n")+"\r\n")
		return err
	}
	p.sasl = p.auth && strings.HasPrefix(answer, "+")
	said, err := p.said(answer)
	if err != nil {
		return err
	}
	_, err = io.WriteString(p.w, said)
	return err
}

// words are answers in each of the two.
var words = map[string]struct{ imap, smtp string }{
	"broken":       {"tag NO [SERVERBUG] internal error", "451 4.3.0 internal error"},
	"busy":         {"tag NO [LIMIT] too many connections", "450 4.7.0 too much at once"},
	"unauthorized": {"tag NO [AUTHENTICATIONFAILED] no", "535 5.7.8 no"},
}

// said is an answer by IMAP as it is said.
func (p *peer) said(answer string) (string, error) {
	var out strings.Builder
	lines := strings.Split(answer, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if rest, ok := strings.CutPrefix(line, "tag "); ok {
			line = p.tag + " " + rest
		}
		for strings.HasSuffix(line, "{<<}") {
			var literal strings.Builder
			for i++; i < len(lines) && !strings.HasPrefix(lines[i], "{>>}"); i++ {
				literal.WriteString(lines[i] + "\r\n")
			}
			if i >= len(lines) {
				return "", errors.New("a literal does not end")
			}
			fmt.Fprintf(&out, "%s{%d}\r\n%s", strings.TrimSuffix(line, "{<<}"), literal.Len(), literal.String())
			line = strings.TrimPrefix(lines[i], "{>>}")
		}
		out.WriteString(line + "\r\n")
	}
	return out.String(), nil
}
