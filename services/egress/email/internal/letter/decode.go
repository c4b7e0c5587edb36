package letter

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// Decoder reads a part that is encoded (RFC 2045, 6). What is no base64 within base64 is passed over.
func Decoder(encoding string, r io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, &alphabet{r: r})
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	default:
		return r
	}
}

// alphabet lets through what belongs to base64, up to its padding.
type alphabet struct {
	r    io.Reader
	n    int // characters so far
	done bool
}

func (a *alphabet) Read(p []byte) (int, error) {
	for {
		if a.done {
			return a.pad(p)
		}
		n, err := a.r.Read(p)
		kept := 0
		for _, b := range p[:n] {
			switch {
			case b >= 'A' && b <= 'Z', b >= 'a' && b <= 'z', b >= '0' && b <= '9', b == '+', b == '/':
				p[kept] = b
				kept++
				a.n++
				continue
			case b == '=':
				a.done = true
			default:
				continue
			}
			break
		}
		switch {
		case kept > 0:
			return kept, nil
		case err == io.EOF:
			a.done = true
		case err != nil:
			return 0, err
		}
	}
}

// pad gives the padding that belongs there, whatever stood there.
func (a *alphabet) pad(p []byte) (int, error) {
	if a.n%4 == 0 || len(p) == 0 {
		return 0, io.EOF
	}
	if a.n%4 == 1 { // a character that is nothing by itself
		p[0] = 'A'
	} else {
		p[0] = '='
	}
	a.n++
	return 1, nil
}

// Text is a part that is a text, in UTF-8 and with line ends that are "\n". What breaks off is read up to there.
func Text(encoding, alphabet string, raw []byte) string {
	var body []byte
	if strings.EqualFold(strings.TrimSpace(encoding), "quoted-printable") {
		body = unquoted(raw)
	} else {
		body, _ = io.ReadAll(Decoder(encoding, bytes.NewReader(raw)))
	}
	text := toUTF8(alphabet, body)
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(text)
	return text
}

// unquoted reads quoted-printable, and leaves as it is what is none.
func unquoted(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '=' {
			out = append(out, raw[i])
			continue
		}
		rest := raw[i+1:]
		soft := bytes.TrimLeft(rest[:min(len(rest), 100)], " \t")
		switch {
		case len(rest) == 0:
		case bytes.HasPrefix(soft, []byte("\r\n")), bytes.HasPrefix(soft, []byte("\n")):
			i += bytes.IndexByte(rest, '\n') + 1
		case len(rest) >= 2 && hex(rest[0]) >= 0 && hex(rest[1]) >= 0:
			out = append(out, byte(hex(rest[0])<<4|hex(rest[1])))
			i += 2
		default:
			out = append(out, '=')
		}
	}
	return out
}

func hex(b byte) int { return strings.IndexByte("0123456789ABCDEF", byte(unicode.ToUpper(rune(b)))) }

// toUTF8 reads bytes in an alphabet. One that is not known, or not told, is UTF-8 where that fits, and else that of Windows.
func toUTF8(label string, b []byte) string {
	label = strings.ToLower(strings.Trim(strings.TrimSpace(label), `"'`))
	if known, _ := charset.Lookup(label); known != nil && label != "us-ascii" && label != "ascii" {
		if strings.HasPrefix(label, "utf-8") || strings.HasPrefix(label, "utf8") {
			return strings.ToValidUTF8(string(b), "\uFFFD")
		}
		if out, err := known.NewDecoder().Bytes(b); err == nil {
			return strings.ToValidUTF8(string(out), "\uFFFD")
		}
	}
	if utf8.Valid(b) {
		return string(b)
	}
	known, _ := charset.Lookup("windows-1252")
	out, err := known.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(out)
}

// charsetReader is toUTF8 for encoded words.
func charsetReader(label string, r io.Reader) (io.Reader, error) {
	b, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return nil, err
	}
	return strings.NewReader(toUTF8(label, b)), nil
}

// Param is a parameter of a field as IMAP tells it, in any of the ways in which names of files are written: as it is, as encoded words,
// or by RFC 2231, in pieces too.
func Param(params map[string]string, name string) string {
	if v, ok := params[name]; ok {
		return Words(v)
	}
	var field strings.Builder
	field.WriteString("x/x")
	for key, value := range params {
		if strings.HasPrefix(key, name+"*") && !strings.ContainsAny(key, " ;=\"") {
			field.WriteString("; " + key + "=")
			if strings.HasSuffix(key, "*") {
				field.WriteString(token(value))
			} else {
				field.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(printable(value)) + `"`)
			}
		}
	}
	_, read, err := mime.ParseMediaType(field.String())
	if err != nil {
		return ""
	}
	return OneLine(strings.ToValidUTF8(read[name], "\uFFFD"))
}

// printable is a text without control characters.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
}

// token is what may stand without quotation marks; all else is written as in a URL.
func token(value string) string {
	const plain = "!#$&+-.^_`{}|~%'*"
	var b strings.Builder
	for i := range len(value) {
		c := value[i]
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.IndexByte(plain, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteString("%" + string("0123456789ABCDEF"[c>>4]) + string("0123456789ABCDEF"[c&15]))
	}
	return b.String()
}
