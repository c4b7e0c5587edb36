package conversation

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Request is an API call that a conversation expects.
type Request struct {
	// File is the conversation's name.
	File string
	// Line is its first line: method and path, with secrets by their names.
	Line string
	// Header are the lines that follow.
	Header []string
	// Body is JSON, also where the request is a form.
	Body string
}

// Call takes a request apart: its method, its path with the query, its header. Basic credentials are shown as text.
func (r Request) Call() (method, target string, header http.Header) {
	method, target, _ = strings.Cut(r.Line, " ")
	header = http.Header{}
	for _, line := range r.Header {
		name, value, _ := strings.Cut(line, ": ")
		header.Add(name, value)
	}
	return method, target, header
}

// Requests are the API calls that the conversation expects.
func (c *Conversation) Requests() (out []Request) {
	for _, a := range c.Acts {
		for _, text := range a.Requests {
			out = append(out, NewRequest(c.File, text))
		}
	}
	return out
}

// NewRequest takes apart what [RenderRequest] made.
func NewRequest(file, text string) Request {
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(strings.TrimSpace(head), "\n")
	return Request{File: file, Line: lines[0], Header: lines[1:], Body: strings.TrimSpace(body)}
}

// noise are headers that say nothing about the network.
var noise = map[string]bool{
	"Accept-Encoding": true, "Content-Length": true, "User-Agent": true, "Traceparent": true, "Tracestate": true,
	"Connection": true, "Sec-Websocket-Key": true, "Sec-Websocket-Version": true,
}

// RenderRequest shows a request as the golden files do: line, headers, body, with "<server>" for the stand-in's address and
// the secrets, which are values by the names of their fields, by these names.
func RenderRequest(r *http.Request, body []byte, server string, secrets map[string]string) string {
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
	return Mask(b.String(), server, secrets)
}

// RenderFrame shows a message on a websocket as the golden files do.
func RenderFrame(data []byte, server string, secrets map[string]string) string {
	return Mask("frame\n\n"+renderBody("", "", data)+"\n", server, secrets)
}

// Mask shows "<server>" in place of the stand-in's address, and secrets by their names.
func Mask(text, server string, secrets map[string]string) string {
	text = strings.ReplaceAll(text, server, "<server>")
	for _, name := range slices.Sorted(maps.Keys(secrets)) {
		for _, form := range Forms(secrets[name]) {
			text = strings.ReplaceAll(text, form, "<"+name+">")
		}
	}
	return text
}

// Forms are a value and what it looks like in a URL.
func Forms(value string) []string {
	return []string{value, url.PathEscape(value), url.QueryEscape(value)}
}

// unescape shows a path as people write it, where that is clear.
func unescape(path string) string {
	if plain, err := url.PathUnescape(path); err == nil && !strings.ContainsAny(plain, " \n?#") {
		return plain
	}
	return path
}
