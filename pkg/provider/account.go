package provider

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/secret"
)

// checkAccount lists what is wrong with an account. Every error names its field; none holds a value.
func checkAccount[A any](d Description, raw json.RawMessage) []error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		return []error{errors.New("account: must be an object")}
	}
	var errs []error
	known, wrong := map[string]bool{}, map[string]bool{}
	for _, f := range d.Fields {
		known[f.Name] = true
		if err := f.check(object[f.Name]); err != nil {
			errs = append(errs, fmt.Errorf("account.%s: %w", f.Name, err))
			wrong[f.Name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if !known[name] {
			errs = append(errs, fmt.Errorf("account.%s: unknown field; %s has %s", name, d.Name, strings.Join(names(d.Fields), ", ")))
		}
	}
	a, err := readAccount[A](raw)
	if err != nil {
		if len(errs) == 0 {
			errs = append(errs, err)
		}
		return errs
	}
	if v, ok := any(a).(Validator); ok {
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

func readAccount[A any](raw json.RawMessage) (A, error) {
	var a A
	if err := json.Unmarshal(raw, &a); err != nil {
		if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return a, fmt.Errorf("account.%s: must be %s", t.Field, t.Type)
		}
		return a, errors.New("account: cannot be read")
	}
	return a, nil
}

// identityOf is what the network counts rates by: all settings, unless the account says less.
func identityOf(account any, raw json.RawMessage) string {
	if i, ok := account.(Identity); ok {
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

// Validator is an account type that checks more than that required settings are there. Each of its errors begins with the field, "api: must
// be http or https", and quotes no value.
type Validator interface {
	// Validate joins all mistakes; nil if there is none. It does no I/O.
	Validate() error
}

// Identity is an account type that says which channels share one account's rates, if that is not decided by all settings being equal: two
// channels with two numbers of one customer, for example.
type Identity interface {
	// Identity is the same for accounts that share their rates, such as the vendor's id of the customer. It is shown nowhere. It does
	// no I/O.
	Identity() string
}

// Exclusive is an account type that knows what only one channel can have, such as the number that it sends from and hears for. If two
// channels had the same, nobody could tell for which of them a message is that comes in: such a configuration is refused.
type Exclusive interface {
	// Exclusive names what the account claims. It does no I/O, and is asked of valid accounts only.
	Exclusive() Claim
}

// Claim is what only one channel of a network can have. The zero value claims nothing.
type Claim struct {
	// Field is the setting that a person is told of, such as "source".
	Field string
	// Value is compared with the values of the other channels. It is not shown anywhere.
	Value string
}

// claimOf is what an account claims.
func claimOf(account any) Claim {
	if e, ok := account.(Exclusive); ok {
		return e.Exclusive()
	}
	return Claim{}
}

// Agreed is an account type for networks where each customer's contract has rates of its own.
type Agreed interface {
	// Agreed is what the contract allows. It does no I/O.
	Agreed() Agreement
}

// Agreement is how much an account may send, in place of what the network declares for all accounts. A zero value leaves the network's.
type Agreement struct {
	// Rate takes the place of [Rates].Account; it needs no Page. If the channels of one account ([Identity]) have different ones, the
	// lowest counts.
	Rate Rate
	// Concurrency takes the place of the network's: how many contacts of one channel are sent to at once. A change takes effect once the
	// channel's queue was empty.
	Concurrency int
}

// agreedOf is what an account says of its contract.
func agreedOf(account any) Agreement {
	if a, ok := account.(Agreed); ok {
		return a.Agreed()
	}
	return Agreement{}
}

// Secret is a credential. It prints as "[secret]" everywhere, in JSON too; only Reveal yields it.
type Secret = secret.Text

// Secrets are the valid values of one credential, for a field that may be a list while the credential is being changed. Reveal yields all
// of them, First the newest.
type Secrets = secret.Texts

// NewSecrets hides the valid values of a credential, the newest first.
func NewSecrets(values ...string) Secrets { return secret.HideTexts(values...) }

// NewSecret hides a credential.
func NewSecret(value string) Secret { return secret.Hide(value) }

// CheckAddress checks a field of an account that says where an API is, for the account's Validate. Scheme, host and port and nothing else
// are right; so is "", because the field is optional. example is the vendor's own address for the error's text; "" stands for
// "https://api.example.com".
func CheckAddress(field, address, example string) error {
	u, err := url.Parse(address)
	if address == "" || err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil &&
		(u.Path == "" || u.Path == "/") && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" {
		return nil
	}
	return fmt.Errorf("%s: must be http or https, a host and perhaps a port, such as %s", field, cmp.Or(example, "https://api.example.com"))
}
