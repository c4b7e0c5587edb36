package imap

import (
	"errors"
	"strconv"
	"strings"
)

// Bounds of one response.
const (
	maxDepth  = 64
	maxValues = 20_000
)

var errGrammar = errors.New("the response cannot be read")

// value is one word of a response: an atom, a string, a list, or NIL.
type value struct {
	atom   string
	text   []byte // of a string; nil for none
	list   []value
	isList bool
}

// isNil says that there is nothing.
func (v value) isNil() bool { return !v.isList && v.text == nil && strings.EqualFold(v.atom, "NIL") }

// string is an atom or a string as text, "" for NIL.
func (v value) string() string {
	switch {
	case v.text != nil:
		return string(v.text)
	case v.isNil():
		return ""
	default:
		return v.atom
	}
}

// number is an atom as a number, 0 for none.
func (v value) number() uint64 {
	n, _ := strconv.ParseUint(v.string(), 10, 63)
	return n
}

// at is the i-th value of a list, NIL where there is none.
func (v value) at(i int) value {
	if i < 0 || i >= len(v.list) {
		return value{atom: "NIL"}
	}
	return v.list[i]
}

// scanner reads the values of a response, whose literals stand between the pieces of its text.
type scanner struct {
	pieces   []string // each but the last ends with {n}
	literals [][]byte
	piece    int
	pos      int
	made     int
}

// rest is what is left of the piece.
func (s *scanner) rest() string { return s.pieces[s.piece][s.pos:] }

// spaces skips blanks.
func (s *scanner) spaces() {
	for strings.HasPrefix(s.rest(), " ") {
		s.pos++
	}
}

// values reads all values up to the end, or up to the list's closing bracket.
func (s *scanner) values(depth int) ([]value, error) {
	var all []value
	for {
		s.spaces()
		switch rest := s.rest(); {
		case rest == "":
			if depth > 0 {
				return nil, errGrammar
			}
			return all, nil
		case rest[0] == ')':
			if depth == 0 {
				return nil, errGrammar
			}
			s.pos++
			return all, nil
		}
		v, err := s.value(depth)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
}

// value reads one value.
func (s *scanner) value(depth int) (value, error) {
	if s.made++; s.made > maxValues || depth > maxDepth {
		return value{}, errGrammar
	}
	switch rest := s.rest(); rest[0] {
	case '(':
		s.pos++
		list, err := s.values(depth + 1)
		return value{list: list, isList: true}, err
	case '"':
		return s.quoted()
	case '{', '~':
		return s.literal()
	default:
		return s.atom()
	}
}

func (s *scanner) quoted() (value, error) {
	rest := s.rest()
	text := []byte{}
	for i := 1; i < len(rest); i++ {
		switch rest[i] {
		case '"':
			s.pos += i + 1
			return value{text: text}, nil
		case '\\':
			if i++; i >= len(rest) {
				return value{}, errGrammar
			}
		}
		text = append(text, rest[i])
	}
	return value{}, errGrammar
}

func (s *scanner) literal() (value, error) {
	if s.piece >= len(s.literals) || strings.TrimLeft(s.rest(), "~")[0] != '{' || strings.Contains(s.rest(), " ") {
		return value{}, errGrammar
	}
	text := s.literals[s.piece]
	s.piece, s.pos = s.piece+1, 0
	return value{text: text}, nil
}

// atom reads up to a blank or a bracket; what stands in square brackets belongs to it: BODY[HEADER.FIELDS (TO)].
func (s *scanner) atom() (value, error) {
	rest, square := s.rest(), 0
	i := 0
	for ; i < len(rest); i++ {
		c := rest[i]
		if c == '[' {
			square++
		} else if c == ']' && square > 0 {
			square--
		}
		if square == 0 && (c == ' ' || c == '(' || c == ')' || c == '"') {
			break
		}
	}
	if i == 0 {
		return value{}, errGrammar
	}
	s.pos += i
	return value{atom: rest[:i]}, nil
}
