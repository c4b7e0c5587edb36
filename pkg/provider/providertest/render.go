package providertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// noise are headers that say nothing about the network.
var noise = map[string]bool{
	"Accept-Encoding": true, "Content-Length": true, "User-Agent": true, "Traceparent": true, "Tracestate": true,
}

// render is a request as the golden files show it: line, headers, body, with secrets by the names of their fields.
func (s *server) render(r *http.Request, body []byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.Method, unescape(r.URL.RequestURI()))
	media, options, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		value := strings.Join(r.Header[name], ", ")
		switch user, password, basic := r.BasicAuth(); {
		case noise[name]:
			continue
		case name == "Authorization" && basic:
			value = "Basic " + user + ":" + password
		case name == "Content-Type":
			value = media
		}
		fmt.Fprintf(&b, "%s: %s\n", name, value)
	}
	if len(body) > 0 {
		b.WriteString("\n" + renderBody(media, options["boundary"], body) + "\n")
	}
	text := strings.ReplaceAll(b.String(), s.url(), "<server>")
	for _, name := range slices.Sorted(maps.Keys(s.secrets)) {
		for _, form := range forms(s.secrets[name]) {
			text = strings.ReplaceAll(text, form, "<"+name+">")
		}
	}
	return text
}

// forms are a value and what it looks like in a URL.
func forms(value string) []string {
	return []string{value, url.PathEscape(value), url.QueryEscape(value)}
}

// unescape shows a path as people write it, where that is clear.
func unescape(path string) string {
	if plain, err := url.PathUnescape(path); err == nil && !strings.ContainsAny(plain, " \n?#") {
		return plain
	}
	return path
}

// renderBody shows JSON indented and forms as JSON.
func renderBody(media, boundary string, body []byte) string {
	switch media {
	case "application/x-www-form-urlencoded":
		if values, err := url.ParseQuery(string(body)); err == nil {
			return indent(flat(values))
		}
	case "multipart/form-data":
		if values, err := parts(boundary, body); err == nil {
			return indent(values)
		}
	default:
		var v any
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		if d.Decode(&v) == nil {
			return indent(v)
		}
	}
	return string(body)
}

func flat(values url.Values) map[string]any {
	out := map[string]any{}
	for name, v := range values {
		out[name] = v
		if len(v) == 1 {
			out[name] = v[0]
		}
	}
	return out
}

// parts shows a file by its name, type and size.
func parts(boundary string, body []byte) (map[string]any, error) {
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	out := map[string]any{}
	for {
		part, err := r.NextPart()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		if part.FileName() == "" {
			out[part.FormName()] = string(data)
			continue
		}
		out[part.FormName()] = map[string]any{
			"file": part.FileName(), "media_type": part.Header.Get("Content-Type"), "size": len(data),
		}
	}
}

// indent is JSON for people: objects by their keys in order.
func indent(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}
