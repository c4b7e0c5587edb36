package providertest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// conversation is one txtar file.
type conversation struct {
	// file is its name.
	file    string
	comment string
	account json.RawMessage
	// own says that the account stands in the file itself.
	own  bool
	acts []*act
}

// act is one input with what follows from it.
type act struct {
	// name is the input's file name, input its content.
	name, input string
	requests    []string
	answers     []string
	// expected is events.json or outcome.json.
	expected string
	// before is how contacts could be answered when the act began.
	before Replies
	// account is what the channel's account is from here on, nil where it stays.
	account json.RawMessage
}

var inputs = []string{"call.json", "call.http", "message.json", "fetch.json", "setup.json", "check.json", "listen.json"}

// call says that the act is a webhook call.
func (a *act) call() bool { return strings.HasPrefix(a.name, "call.") }

func load(file string) (*conversation, error) {
	ar, err := txtar.ParseFile(file)
	if err != nil {
		return nil, err
	}
	c, err := parse(ar)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	c.file = filepath.Base(file)
	if c.account == nil {
		c.account, err = os.ReadFile(filepath.Join(filepath.Dir(file), "account.json"))
		if err != nil {
			return nil, fmt.Errorf("%s: no account: %w", filepath.Base(file), err)
		}
	}
	return c, nil
}

func parse(ar *txtar.Archive) (*conversation, error) {
	c := &conversation{comment: string(ar.Comment)}
	var next json.RawMessage // the account of the next act
	for _, f := range ar.Files {
		data := string(f.Data)
		switch {
		case slices.Contains(inputs, f.Name):
			c.acts, next = append(c.acts, &act{name: f.Name, input: data, account: next}), nil
			continue
		case f.Name == "account.json" && len(c.acts) == 0:
			c.account, c.own = f.Data, true
			continue
		case f.Name == "account.json":
			next = f.Data
			continue
		case len(c.acts) == 0:
			return nil, fmt.Errorf("%s stands before any input (%s)", f.Name, strings.Join(inputs, ", "))
		}
		a := c.acts[len(c.acts)-1]
		switch {
		case f.Name == "events.json" && a.call(), f.Name == "outcome.json" && !a.call():
			a.expected = data
		case f.Name == "request" && !a.call():
			a.requests = append(a.requests, data)
		case f.Name == "answer" && !a.call():
			a.answers = append(a.answers, data)
		default:
			return nil, fmt.Errorf("%s: no file of that name follows %s", f.Name, a.name)
		}
	}
	if len(c.acts) == 0 {
		return nil, fmt.Errorf("holds no input (%s)", strings.Join(inputs, ", "))
	}
	return c, nil
}

// archive is the conversation as it is written: each request before its answer.
func (c *conversation) archive() *txtar.Archive {
	ar := &txtar.Archive{Comment: []byte(c.comment)}
	add := func(name, data string) {
		ar.Files = append(ar.Files, txtar.File{Name: name, Data: []byte(strings.TrimSpace(data) + "\n")})
	}
	if c.own {
		add("account.json", string(c.account))
	}
	for _, a := range c.acts {
		if a.account != nil {
			add("account.json", string(a.account))
		}
		add(a.name, a.input)
		if a.call() {
			add("events.json", a.expected)
			continue
		}
		for i, answer := range a.answers {
			if i < len(a.requests) {
				add("request", a.requests[i])
			}
			add("answer", answer)
		}
		add("outcome.json", a.expected)
	}
	return ar
}

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

// Requests are all API calls that the conversations of a directory expect, for a judge of the network's own.
func Requests(dir string) ([]Request, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		return nil, err
	}
	var out []Request
	for _, file := range files {
		c, err := load(file)
		if err != nil {
			return nil, err
		}
		out = append(out, c.requests()...)
	}
	return out, nil
}

// requests are the API calls that the conversation expects.
func (c *conversation) requests() (out []Request) {
	for _, a := range c.acts {
		for _, text := range a.requests {
			out = append(out, newRequest(c.file, text))
		}
	}
	return out
}

// newRequest is a request as it was rendered.
func newRequest(file, text string) Request {
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(strings.TrimSpace(head), "\n")
	return Request{File: file, Line: lines[0], Header: lines[1:], Body: strings.TrimSpace(body)}
}
