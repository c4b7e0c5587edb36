package imap

import (
	"bufio"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// Bounds of what is read, in bytes.
const (
	maxLine = 4 << 20 // a search may find many mails
	maxBody = 8 << 20 // all literals of a response together
)

var errTooLong = errors.New("the response is too long")

// response is one thing that a server says.
type response struct {
	tag  string // "*", "+", or that of a command
	name string // OK, NO, BAD, BYE, PREAUTH, FETCH, EXISTS, SEARCH…; of "+" nothing
	// number stands before the name, as in "3 EXISTS".
	number uint32
	// code stands in square brackets behind OK and the like: UIDVALIDITY, with what follows it. The text behind it is for people, and
	// is not kept.
	code, detail string
	values       []value
}

var literalEnd = regexp.MustCompile(`~?\{([0-9]{1,10})\+?\}$`)

// readResponse reads one response, whatever literals it has.
func readResponse(r *bufio.Reader) (response, error) {
	var s scanner
	body, line := 0, 0
	for {
		piece, err := readLine(r, maxLine-line)
		if err != nil {
			return response{}, err
		}
		line += len(piece)
		s.pieces = append(s.pieces, piece)
		m := literalEnd.FindStringSubmatch(piece)
		if m == nil {
			return s.response()
		}
		n, _ := strconv.ParseUint(m[1], 10, 63)
		if n > maxBody || body+int(n) > maxBody || len(s.literals) > 1000 {
			return response{}, errTooLong
		}
		body += int(n)
		literal := make([]byte, n)
		if _, err := io.ReadFull(r, literal); err != nil {
			return response{}, err
		}
		s.literals = append(s.literals, literal)
	}
}

// readLine reads up to the end of a line, which is not part of it.
func readLine(r *bufio.Reader, most int) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > most {
			return "", errTooLong
		}
		line = append(line, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return "", err
		}
		return strings.TrimRight(string(line), "\r\n"), nil
	}
}

// response reads what was said.
func (s *scanner) response() (response, error) {
	tag, rest, _ := strings.Cut(s.pieces[0], " ")
	out := response{tag: tag}
	if tag == "" {
		return out, errGrammar
	}
	if tag == "+" {
		return out, nil
	}
	word, after, _ := strings.Cut(rest, " ")
	if n, err := strconv.ParseUint(word, 10, 32); err == nil && tag == "*" {
		out.number = uint32(n)
		word, after, _ = strings.Cut(after, " ")
	}
	out.name = strings.ToUpper(word)
	switch out.name {
	case "":
		return out, errGrammar
	case "OK", "NO", "BAD", "BYE", "PREAUTH":
		if text, ok := strings.CutPrefix(after, "["); ok {
			inner, _, _ := strings.Cut(text, "]")
			out.code, out.detail, _ = strings.Cut(inner, " ")
			out.code = strings.ToUpper(out.code)
		}
		return out, nil
	}
	s.pos = len(s.pieces[0]) - len(after)
	var err error
	out.values, err = s.values(0)
	return out, err
}
