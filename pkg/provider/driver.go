package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/webhook"
)

// Driver is a [Network] whose account type is hidden, so that networks stand in one list. Only Network implements it.
type Driver interface {
	// Describe is what the network declares.
	Describe() Description
	// CheckAccount lists what is wrong with an account, given as the JSON object of the configuration.
	CheckAccount(account json.RawMessage) []error

	// reader reads the calls of one account.
	reader(account json.RawMessage) (reader, error)
	// reads says that there is something to receive.
	reads() bool
	open(account json.RawMessage, h Host) (Sender, error)
	// identity is what the network counts budgets by.
	identity(account json.RawMessage) string
}

// reader is a network's Receive for one account.
type reader func(webhook.Call) ([]Event, error)

// Description is what a network declares of itself; the bucket NETWORKS holds it as JSON.
type Description struct {
	Name        string          `json:"name"`
	Doc         string          `json:"doc,omitempty"`
	Carries     Carries         `json:"carries"`
	Confirms    Confirms        `json:"confirms"`
	Rates       Rates           `json:"rates"`
	Pages       Pages           `json:"pages"`
	Webhook     *webhook.Policy `json:"webhook,omitempty"`
	Listens     bool            `json:"listens,omitempty"`
	Fields      []Field         `json:"fields"`
	Validity    time.Duration   `json:"validity"`
	SendTimeout time.Duration   `json:"send_timeout"`
	Concurrency int             `json:"concurrency"`
	Platform    bool            `json:"platform,omitempty"`
}

// Field is one setting of an account.
type Field struct {
	Name   string `json:"name"`
	Doc    string `json:"doc,omitempty"`
	Secret bool   `json:"secret,omitempty"`
	// Many says that a credential may be a list: [Secrets].
	Many     bool `json:"many,omitempty"`
	Required bool `json:"required,omitempty"`
}

// Describe implements [Driver].
func (n Network[A]) Describe() Description {
	d := Description{
		Name: n.Name, Doc: n.Doc, Carries: n.Carries, Confirms: n.Confirms, Rates: n.Rates, Pages: n.Pages, Webhook: n.Webhook, Listens: n.Listens,
		Validity: n.Validity, SendTimeout: n.SendTimeout, Concurrency: n.Concurrency, Platform: n.Platform, Fields: fields(reflect.TypeFor[A]()),
	}
	if d.Validity == 0 {
		d.Validity = 24 * time.Hour
	}
	if d.SendTimeout == 0 {
		d.SendTimeout = 30 * time.Second
	}
	if d.Concurrency == 0 {
		d.Concurrency = 64
	}
	return d
}

// fields reads the account's settings: a field whose json name has no omitempty or omitzero is required, its tag doc
// says what it is.
func fields(t reflect.Type) []Field {
	var out []Field
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		many := f.Type == reflect.TypeFor[Secrets]()
		out = append(out, Field{
			Name: name, Doc: f.Tag.Get("doc"), Secret: many || f.Type == reflect.TypeFor[Secret](), Many: many,
			Required: !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero"),
		})
	}
	return out
}

// validator is an account that knows more than its fields say. Its errors, joined where there are several, begin with
// the field: "api: must be http or https".
type validator interface{ Validate() error }

var spaces = regexp.MustCompile(`\s`)

// check is what is wrong with the value of a field, whatever the account's type; nil stands for none. That of a wrong
// type is left to the account, but for a list, which only a credential can be.
func (f Field) check(value json.RawMessage) error {
	var all []string
	missing := len(value) == 0 || string(value) == "null"
	switch {
	case missing:
	case f.Many && value[0] == '[':
		if json.Unmarshal(value, &all) != nil {
			return errors.New("must be a string or a list of strings")
		}
		if slices.Contains(all, "") {
			return errors.New("must hold no empty one")
		}
		missing = len(all) == 0
	default:
		var text string
		if json.Unmarshal(value, &text) == nil {
			missing, all = text == "", []string{text}
		} else if f.Many {
			return errors.New("must be a string or a list of strings")
		}
	}
	switch {
	case f.Required && missing:
		return errors.New("is required")
	case f.Secret && slices.ContainsFunc(all, spaces.MatchString):
		return errors.New("must hold no space or line break")
	}
	return nil
}

// CheckAccount implements [Driver]. Every error names its field; none holds a value.
func (n Network[A]) CheckAccount(raw json.RawMessage) []error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		return []error{errors.New("account: must be an object")}
	}
	var errs []error
	known, wrong := map[string]bool{}, map[string]bool{}
	for _, f := range n.Describe().Fields {
		known[f.Name] = true
		if err := f.check(object[f.Name]); err != nil {
			errs = append(errs, fmt.Errorf("account.%s: %w", f.Name, err))
			wrong[f.Name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if !known[name] {
			errs = append(errs, fmt.Errorf("account.%s: unknown field; %s has %s", name, n.Name, strings.Join(names(n.Describe().Fields), ", ")))
		}
	}
	a, err := n.account(raw)
	if err != nil {
		if len(errs) == 0 {
			errs = append(errs, err)
		}
		return errs
	}
	if v, ok := any(a).(validator); ok {
		for _, err := range each(v.Validate()) {
			if field, _, _ := strings.Cut(err.Error(), ":"); !wrong[field] {
				errs = append(errs, fmt.Errorf("account.%w", err))
			}
		}
	}
	return errs
}

// each takes joined errors apart.
func each(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

func (n Network[A]) account(raw json.RawMessage) (A, error) {
	var a A
	if err := json.Unmarshal(raw, &a); err != nil {
		if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return a, fmt.Errorf("account.%s: must be %s", t.Field, t.Type)
		}
		return a, errors.New("account: cannot be read")
	}
	return a, nil
}

func (n Network[A]) reader(raw json.RawMessage) (reader, error) {
	if n.Receive == nil {
		return nil, fmt.Errorf("%s reads no calls", n.Name)
	}
	a, err := n.account(raw)
	if err != nil {
		return nil, err
	}
	return func(c webhook.Call) ([]Event, error) { return n.Receive(a, c) }, nil
}

func (n Network[A]) reads() bool { return n.Receive != nil }

func (n Network[A]) open(raw json.RawMessage, h Host) (Sender, error) {
	a, err := n.account(raw)
	if err != nil {
		return nil, err
	}
	return n.Open(a, h.whole())
}

func (n Network[A]) identity(raw json.RawMessage) string {
	a, err := n.account(raw)
	if i, ok := any(a).(Identity); ok && err == nil {
		return i.Identity()
	}
	return string(raw)
}

func names(fs []Field) []string {
	var out []string
	for _, f := range fs {
		out = append(out, f.Name)
	}
	return out
}
