package imap

import (
	"strconv"
	"strings"
)

// maxParts bounds the parts of a mail that are told.
const maxParts = 200

// Structure is what a mail is made of.
type Structure struct {
	// Type is the whole mail's: multipart/report; in lower case, as all words here are that are of no case.
	Type   string            `json:"type"`
	Params map[string]string `json:"params,omitempty"`
	// Parts are its leaves, in order. A mail within the mail is one of them.
	Parts []Part `json:"parts,omitempty"`
	// More says that there are more parts than are told here.
	More bool `json:"more,omitempty"`
}

// Part is a leaf of a mail.
type Part struct {
	// Section is its name in a FETCH: 1.2
	Section string            `json:"section"`
	Type    string            `json:"type"`
	Params  map[string]string `json:"params,omitempty"`
	// Within are the multiparts around it, from the outermost: mixed, alternative.
	Within []string `json:"within,omitempty"`
	// ID is its Content-ID, Encoding how it is encoded, Size how long it is so.
	ID       string `json:"id,omitempty"`
	Encoding string `json:"encoding,omitempty"`
	Size     int64  `json:"size,omitempty"`
	// Disposition is inline or attachment, "" where the mail does not say, with its own parameters.
	Disposition string            `json:"disposition,omitempty"`
	Shown       map[string]string `json:"shown,omitempty"`
}

// structure reads a BODYSTRUCTURE.
func structure(v value) (*Structure, error) {
	if !v.isList || len(v.list) == 0 {
		return nil, errGrammar
	}
	out := &Structure{}
	if err := out.add(v, "", nil); err != nil {
		return nil, err
	}
	switch {
	case v.at(0).isList:
		kind, params := multipart(v)
		out.Type, out.Params = "multipart/"+kind, params
	case len(out.Parts) > 0:
		out.Type, out.Params = out.Parts[0].Type, out.Parts[0].Params
	}
	return out, nil
}

// multipart is the kind of a multipart, which stands behind its parts, and its parameters.
func multipart(v value) (kind string, params map[string]string) {
	i := 0
	for i < len(v.list) && v.list[i].isList {
		i++
	}
	return word(v.at(i)), pairs(v.at(i + 1))
}

// add adds the leaves of a part.
func (s *Structure) add(v value, section string, within []string) error {
	if !v.isList || len(v.list) == 0 {
		return nil
	}
	if len(s.Parts) >= maxParts {
		s.More = true
		return nil
	}
	if v.at(0).isList {
		kind, _ := multipart(v)
		inner := append(append([]string(nil), within...), kind)
		for i, part := range v.list {
			if !part.isList {
				break
			}
			if err := s.add(part, join(section, i+1), inner); err != nil {
				return err
			}
		}
		return nil
	}
	if len(v.list) < 7 {
		return errGrammar
	}
	p := Part{
		Section: section, Type: word(v.at(0)) + "/" + word(v.at(1)), Params: pairs(v.at(2)), Within: within,
		ID: v.at(3).string(), Encoding: word(v.at(5)), Size: int64(v.at(6).number()),
	}
	if p.Section == "" {
		p.Section = "1"
	}
	// behind what all have: lines of a text; envelope, body and lines of a mail; the MD5
	behind := 8
	switch {
	case strings.HasPrefix(p.Type, "text/"):
		behind = 9
	case p.Type == "message/rfc822" && v.at(8).isList:
		behind = 11
	}
	if d := v.at(behind); d.isList && len(d.list) > 0 {
		p.Disposition, p.Shown = word(d.at(0)), pairs(d.at(1))
	}
	s.Parts = append(s.Parts, p)
	return nil
}

func join(section string, n int) string {
	if section == "" {
		return strconv.Itoa(n)
	}
	return section + "." + strconv.Itoa(n)
}

// word is a word of no case.
func word(v value) string { return strings.ToLower(v.string()) }

// pairs are parameters: names, each with its value.
func pairs(v value) map[string]string {
	if !v.isList || len(v.list) < 2 {
		return nil
	}
	out := map[string]string{}
	for i := 0; i+1 < len(v.list); i += 2 {
		out[word(v.list[i])] = v.list[i+1].string()
	}
	return out
}
