package providertest

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
)

// Lines makes a [Kit.Peer] for protocols of lines that end with CRLF, such as SMTP: each line of the network's code is a request, and each
// line of an answer is sent. greets is for protocols in which the server speaks first: a new connection is then a request, "connect",
// whose answer is the greeting. After an answer that begins with 354, all lines up to a single "." are one request.
func Lines(greets bool) func(net.Conn) Peer {
	return func(c net.Conn) Peer { return &lines{r: bufio.NewReader(c), w: c, connects: greets} }
}

type lines struct {
	r        *bufio.Reader
	w        io.Writer
	connects bool // the next request is the connection itself
	block    bool // the next request ends with a single "."
}

// Read implements [Peer].
func (l *lines) Read() (string, error) {
	if l.connects {
		l.connects = false
		return "connect", nil
	}
	var all []string
	for {
		line, err := l.r.ReadString('\n')
		if err != nil {
			return "", err
		}
		all = append(all, strings.TrimRight(line, "\r\n"))
		if !l.block || all[len(all)-1] == "." {
			l.block = false
			return strings.Join(all, "\n"), nil
		}
	}
}

// Write implements [Peer].
func (l *lines) Write(answer string) error {
	answer = strings.TrimSpace(answer)
	if answer == "" {
		return nil
	}
	if strings.ContainsAny(answer, "\r\x00") {
		return errors.New("is not lines of text")
	}
	l.block = strings.HasPrefix(answer, "354")
	_, err := io.WriteString(l.w, strings.ReplaceAll(answer, "\n", "\r\n")+"\r\n")
	return err
}
