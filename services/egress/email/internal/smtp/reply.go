package smtp

import (
	"bufio"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Bounds of a reply.
const (
	maxLine  = 4096 // RFC 5321, 4.5.3.1.5 says 512
	maxLines = 200
)

// Reply is what a server answers.
type Reply struct {
	// Code is the reply code: 250. Status is the enhanced status code (RFC 3463), "" where there is none: 5.1.1
	Code   int
	Status string
	// lines are the texts behind the code.
	lines []string
}

// Words is the text for people behind the codes: the first line, since what follows is mostly an address of the web.
func (r Reply) Words() string {
	if len(r.lines) == 0 {
		return ""
	}
	return strings.TrimSpace(strings.TrimPrefix(r.lines[0], r.Status))
}

// Refusal is a reply that is no success, to a step.
type Refusal struct {
	Step string
	Reply
}

func (r *Refusal) Error() string {
	if r.Status == "" {
		return fmt.Sprintf("%s: %d", r.Step, r.Code)
	}
	return fmt.Sprintf("%s: %d %s", r.Step, r.Code, r.Status)
}

var errReply = errors.New("the reply cannot be read")

var status = regexp.MustCompile(`^([245]\.[0-9]{1,3}\.[0-9]{1,3})(?: |$)`)

// readReply reads a reply of one line or several.
func readReply(r *bufio.Reader) (Reply, error) {
	var out Reply
	for range maxLines {
		line, err := readLine(r)
		if err != nil {
			return out, err
		}
		if len(line) < 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
			return out, errReply
		}
		code, err := strconv.Atoi(line[:3])
		if err != nil || code < 200 || code > 599 || out.Code != 0 && code != out.Code {
			return out, errReply
		}
		out.Code = code
		text := ""
		if len(line) > 4 {
			text = line[4:]
		}
		if m := status.FindStringSubmatch(text); m != nil && m[1][0] == line[0] {
			out.Status = m[1]
		}
		out.lines = append(out.lines, text)
		if len(line) == 3 || line[3] == ' ' {
			return out, nil
		}
	}
	return out, errReply
}

// readLine reads a line, without its end.
func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return "", errReply
	}
	if err != nil {
		return "", err
	}
	return strings.TrimRight(string(line), "\r\n"), nil
}
