package expr

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/internal/count"
	"github.com/bonychat/puente/pkg/webhook/internal/scan"
)

// Condition is something that a call can be asked. Make it with the functions below. None asks for the caller's address:
// networks change theirs, and behind a proxy it is hearsay.
type Condition struct {
	Method      string `json:"method,omitempty"`
	Path        string `json:"path,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Bodyless    bool   `json:"bodyless,omitempty"`
	EmptyList   string `json:"empty_list,omitempty"`
	// Value is compared with exactly one of what follows it.
	Value      Expr            `json:"value,omitzero"`
	Equal      string          `json:"equal,omitempty"`
	Secret     string          `json:"secret,omitempty"`
	BodyDigest digest.Function `json:"body_digest,omitempty"`
	Found      bool            `json:"found,omitempty"`
	Missing    bool            `json:"missing,omitempty"`
}

// MethodIs asks for the HTTP method.
func MethodIs(method string) Condition { return Condition{Method: method} }

// PathIs asks for what follows the channel's address, as it was escaped: "/_matrix/app/v1/ping". With a slash at its
// end it is all that lies below, "/_matrix/app/v1/users/".
func PathIs(path string) Condition { return Condition{Path: path} }

// ContentTypeIs asks for the body's type, without parameters: "application/json".
func ContentTypeIs(mediaType string) Condition { return Condition{ContentType: mediaType} }

// NoBody asks for a call without a body.
func NoBody() Condition { return Condition{Bodyless: true} }

// NoneIn asks for a list in a JSON body, and that it is empty.
func NoneIn(path string) Condition { return Condition{EmptyList: path} }

// Equals asks for a value.
func Equals(e Expr, text string) Condition { return Condition{Value: e, Equal: text} }

// EqualsSecret asks for one of the live secrets of an account's field, in constant time.
func EqualsSecret(e Expr, field string) Condition { return Condition{Value: e, Secret: field} }

// EqualsBodyDigest asks for the body's hash in hex.
func EqualsBodyDigest(e Expr, hash digest.Function) Condition {
	return Condition{Value: e, BodyDigest: hash}
}

// Has asks that something is found.
func Has(e Expr) Condition { return Condition{Value: e, Found: true} }

// HasNot asks that nothing is found.
func HasNot(e Expr) Condition { return Condition{Value: e, Missing: true} }

// Conditions are several, all of which have to hold. Authors write them as a list: []expr.Condition{…}.
type Conditions []Condition

// Outside says whether those hold that do not ask the body.
func (all Conditions) Outside(c Call, s Secrets) bool {
	return !slices.ContainsFunc(all, func(one Condition) bool { return !one.AsksBody() && !one.Holds(c, s) })
}

// Inside says whether those hold that ask the body.
func (all Conditions) Inside(c Call, s Secrets) bool {
	return !slices.ContainsFunc(all, func(one Condition) bool { return one.AsksBody() && !one.Holds(c, s) })
}

// AsksBody says that only the body tells whether it holds.
func (q Condition) AsksBody() bool {
	return q.Bodyless || q.EmptyList != "" || q.BodyDigest != "" || q.Value.AsksBody()
}

// Holds says whether it holds. One that is not well made does not.
func (q Condition) Holds(c Call, s Secrets) bool {
	switch {
	case q.shape() != nil:
		return false
	case q.Method != "":
		return c.Method == q.Method
	case strings.HasSuffix(q.Path, "/"):
		return strings.HasPrefix(c.Suffix, q.Path)
	case q.Path != "":
		return c.Suffix == q.Path
	case q.ContentType != "":
		return c.MediaType() == q.ContentType
	case q.Bodyless:
		return len(c.Body) == 0
	case q.EmptyList != "":
		return !c.IsForm() && scan.EmptyList(c.Content(), q.EmptyList)
	}
	found := q.Value.Find(c)
	switch {
	case q.Missing:
		return found == ""
	case q.Equal != "":
		return found == q.Equal
	case q.Secret != "":
		return s.Holds(q.Secret, found)
	case q.BodyDigest != "":
		sent, ok := digest.Hex.Decode(found)
		return ok && len(sent) > 0 && subtle.ConstantTimeCompare(sent, q.BodyDigest.Of(c.Body)) == 1
	}
	return q.Found && found != ""
}

var method = regexp.MustCompile(`^[A-Z]+$`)

var mediaType = regexp.MustCompile(`^[a-z0-9.+*-]+/[a-z0-9.+*-]+$`)

// shape is wrong where a condition asks for more or less than one thing.
func (q Condition) shape() error {
	compared := count.Set(q.Equal != "", q.Secret != "", q.BodyDigest != "", q.Found, q.Missing)
	switch {
	case count.Set(q.Method != "", q.Path != "", q.ContentType != "", q.Bodyless, q.EmptyList != "", !q.Value.None()) != 1:
		return errors.New("asks for none or several things")
	case q.Value.None() && compared != 0, !q.Value.None() && compared != 1:
		return errors.New("a value is compared with exactly one thing")
	}
	return nil
}

// Problem is what is wrong with it, nil for nothing.
func (q Condition) Problem() error {
	if err := q.shape(); err != nil {
		return err
	}
	switch {
	case q.Method != "" && !method.MatchString(q.Method):
		return fmt.Errorf("method: %q is not the name of a method in capitals", q.Method)
	case q.Path != "" && !strings.HasPrefix(q.Path, "/"):
		return fmt.Errorf("path: %q does not begin with a slash", q.Path)
	case q.ContentType != "" && !mediaType.MatchString(q.ContentType):
		return fmt.Errorf("content_type: %q is no media type in small letters without parameters", q.ContentType)
	case q.BodyDigest != "" && q.BodyDigest.New() == nil:
		return fmt.Errorf("unknown hash %q", q.BodyDigest)
	case q.EmptyList != "":
		return scan.CheckPath(q.EmptyList)
	}
	return q.Value.Problem()
}

// Problems are what is wrong with them; what is the name of the field that they stand in.
func (all Conditions) Problems(what string) (errs []error) {
	for i, one := range all {
		if err := one.Problem(); err != nil {
			errs = append(errs, fmt.Errorf("%s[%d]: %w", what, i, err))
		}
	}
	return errs
}

// Method is the method that they ask for; POST where they ask for none.
func (all Conditions) Method() string {
	for _, one := range all {
		if one.Method != "" {
			return one.Method
		}
	}
	return http.MethodPost
}

// Fields are the names of the account's fields that they compare with, in no order and with repeats.
func (all Conditions) Fields() (names []string) {
	for _, q := range all {
		names = append(names, q.Secret)
	}
	return names
}
