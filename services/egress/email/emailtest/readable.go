package emailtest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
)

// Readable is a mail as people can read it: its header with encoded words decoded, and its parts decoded. An error says what is wrong
// with it by the standard library.
func Readable(raw string) (string, error) {
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		return "", err
	}
	head, _, _ := strings.Cut(raw, "\r\n\r\n")
	var out strings.Builder
	for _, line := range unfolded(head) {
		decoded, err := new(mime.WordDecoder).DecodeHeader(line)
		if err != nil {
			return "", err
		}
		out.WriteString(decoded + "\n")
	}
	for _, name := range []string{"From", "To", "Date", "Message-Id", "Subject", "Mime-Version"} {
		if n := len(m.Header[name]); n != 1 {
			return "", fmt.Errorf("the field %s is there %d times", name, n)
		}
	}
	if _, err := m.Header.Date(); err != nil {
		return "", err
	}
	media, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(media, "multipart/") {
		body, err := decoded(m.Header.Get("Content-Transfer-Encoding"), m.Body)
		out.WriteString("\n" + body)
		return out.String(), err
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return out.String(), nil
		}
		if err != nil {
			return "", err
		}
		out.WriteString("\npart\n")
		names := []string{}
		for name := range p.Header {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			out.WriteString(name + ": " + p.Header.Get(name) + "\n")
		}
		body, err := decoded(p.Header.Get("Content-Transfer-Encoding"), p)
		if err != nil {
			return "", err
		}
		out.WriteString("\n" + body + "\n")
	}
}

// unfolded are the fields of a header, each on one line.
func unfolded(head string) (out []string) {
	for _, line := range strings.Split(head, "\r\n") {
		if strings.HasPrefix(line, " ") && len(out) > 0 {
			out[len(out)-1] += line
			continue
		}
		out = append(out, line)
	}
	return out
}

func decoded(encoding string, r io.Reader) (string, error) {
	switch encoding {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	}
	body, err := io.ReadAll(r)
	return strings.ReplaceAll(strings.TrimSuffix(string(body), "\r\n"), "\r\n", "\n"), err
}
