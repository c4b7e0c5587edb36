package conversation

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// Conversation is one txtar file.
type Conversation struct {
	// File is its name, without the directory.
	File string
	// Account is the channel's account when the conversation begins, as JSON; "<server>" stands for the stand-in's address.
	Account json.RawMessage
	// Acts are its inputs, in order, each with what follows from it.
	Acts []*Act

	comment string
	own     bool // the account stands in the file itself, not in the directory's account.json
}

// Load reads a conversation. Its account is its own, or that of account.json beside it.
func Load(file string) (*Conversation, error) {
	ar, err := txtar.ParseFile(file)
	if err != nil {
		return nil, err
	}
	c, err := Parse(ar)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	c.File = filepath.Base(file)
	if c.Account == nil {
		c.Account, err = os.ReadFile(filepath.Join(filepath.Dir(file), "account.json"))
		if err != nil {
			return nil, fmt.Errorf("%s: no account: %w", filepath.Base(file), err)
		}
	}
	return c, nil
}

// Parse reads a conversation that may have no account of its own.
func Parse(ar *txtar.Archive) (*Conversation, error) {
	c := &Conversation{comment: string(ar.Comment)}
	var next json.RawMessage // the account of the next act
	for _, f := range ar.Files {
		data := string(f.Data)
		switch {
		case slices.Contains(inputs, f.Name):
			c.Acts, next = append(c.Acts, &Act{Name: f.Name, Input: data, Account: next}), nil
			continue
		case f.Name == "account.json" && len(c.Acts) == 0:
			c.Account, c.own = f.Data, true
			continue
		case f.Name == "account.json":
			next = f.Data
			continue
		case len(c.Acts) == 0:
			return nil, fmt.Errorf("%s stands before any input (%s)", f.Name, strings.Join(inputs, ", "))
		}
		a := c.Acts[len(c.Acts)-1]
		switch {
		case f.Name == "events.json" && a.IsCall(), f.Name == "outcome.json" && !a.IsCall():
			a.Expected = data
		case f.Name == "request" && !a.IsCall():
			a.Requests = append(a.Requests, data)
		case f.Name == "answer" && !a.IsCall():
			a.Answers = append(a.Answers, data)
		default:
			return nil, fmt.Errorf("%s: no file of that name follows %s", f.Name, a.Name)
		}
	}
	if len(c.Acts) == 0 {
		return nil, fmt.Errorf("holds no input (%s)", strings.Join(inputs, ", "))
	}
	return c, nil
}

// Accounts are the account that the conversation begins with, and those that it is replaced by.
func (c *Conversation) Accounts() []json.RawMessage {
	all := []json.RawMessage{c.Account}
	for _, a := range c.Acts {
		if a.Account != nil {
			all = append(all, a.Account)
		}
	}
	return all
}

// Archive is the conversation as it is written: each request before its answer.
func (c *Conversation) Archive() *txtar.Archive {
	ar := &txtar.Archive{Comment: []byte(c.comment)}
	add := func(name, data string) {
		ar.Files = append(ar.Files, txtar.File{Name: name, Data: []byte(strings.TrimSpace(data) + "\n")})
	}
	if c.own {
		add("account.json", string(c.Account))
	}
	for _, a := range c.Acts {
		if a.Account != nil {
			add("account.json", string(a.Account))
		}
		add(a.Name, a.Input)
		if a.IsCall() {
			add("events.json", a.Expected)
			continue
		}
		for i, answer := range a.Answers {
			if i < len(a.Requests) {
				add("request", a.Requests[i])
			}
			add("answer", answer)
		}
		add("outcome.json", a.Expected)
	}
	return ar
}
