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

// Condition is a yes-or-no question about a call. Make it with the functions below. None of them is about the caller's address: networks
// change theirs, and behind a proxy it cannot be trusted.
type Condition struct {
	Method      string `json:"method,omitempty"`
	Path        string `json:"path,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Bodyless    bool   `json:"bodyless,omitempty"`
	EmptyList   string `json:"empty_list,omitempty"`
	// Value is compared with exactly one of the fields that follow.
	Value      Expr            `json:"value,omitzero"`
	Equal      string          `json:"equal,omitempty"`
	Secret     string          `json:"secret,omitempty"`
	BodyDigest digest.Function `json:"body_digest,omitempty"`
	Found      bool            `json:"found,omitempty"`
	Missing    bool            `json:"missing,omitempty"`
}

// MethodIs asks for the HTTP method.
func MethodIs(method string) Condition { return Condition{Method: method} }

// PathIs asks for the rest of the path behind the channel's address, as it was escaped: "/_matrix/app/v1/ping". A path that ends in a
// slash matches everything below it: "/_matrix/app/v1/users/".
func PathIs(path string) Condition { return Condition{Path: path} }

// ContentTypeIs asks for the body's type, without parameters: "application/json".
func ContentTypeIs(mediaType string) Condition { return Condition{ContentType: mediaType} }

// NoBody asks for a call without a body.
func NoBody() Condition { return Condition{Bodyless: true} }

// NoneIn asks that the JSON body has a list at this path, and that the list is empty.
func NoneIn(path string) Condition { return Condition{EmptyList: path} }

// Equals asks that e finds exactly this text.
func Equals(e Expr, text string) Condition { return Condition{Value: e, Equal: text} }

// EqualsSecret asks that e finds one of the values of an account's field. It compares in constant time.
func EqualsSecret(e Expr, field string) Condition { return Condition{Value: e, Secret: field} }

// EqualsBodyDigest asks that e finds the body's hash in hex.
func EqualsBodyDigest(e Expr, hash digest.Function) Condition {
	return Condition{Value: e, BodyDigest: hash}
}

// Has asks that e finds something.
func Has(e Expr) Condition { return Condition{Value: e, Found: true} }

// HasNot asks that e finds nothing.
func HasNot(e Expr) Condition { return Condition{Value: e, Missing: true} }

// Conditions are several conditions, all of which have to hold. Authors write them as a list: []expr.Condition{…}.
type Conditions []Condition

// Outside says whether all conditions hold that can be answered without the body.
func (all Conditions) Outside(c Call, s Secrets) bool {
	return !slices.ContainsFunc(all, func(one Condition) bool { return !one.AsksBody() && !one.Holds(c, s) })
}

// Inside says whether all conditions hold that need the body.
func (all Conditions) Inside(c Call, s Secrets) bool {
	return !slices.ContainsFunc(all, func(one Condition) bool { return one.AsksBody() && !one.Holds(c, s) })
}

// AsksBody is true if the condition can be answered only with the body.
func (q Condition) AsksBody() bool {
	return q.Bodyless || q.EmptyList != "" || q.BodyDigest != "" || q.Value.AsksBody()
}

// Holds says whether the condition holds. One with a [Condition.Problem] does not.
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

// Problem says what is wrong with the condition; nil if nothing is.
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

// Problems are the problems of all conditions. what is the name of the policy's field that holds them, for the errors' text.
func (all Conditions) Problems(what string) (errs []error) {
	for i, one := range all {
		if err := one.Problem(); err != nil {
			errs = append(errs, fmt.Errorf("%s[%d]: %w", what, i, err))
		}
	}
	return errs
}

// Method is the HTTP method that the conditions ask for; POST if they ask for none.
func (all Conditions) Method() string {
	for _, one := range all {
		if one.Method != "" {
			return one.Method
		}
	}
	return http.MethodPost
}

// Fields are the names of the account's fields that the conditions compare with, in no order and perhaps repeated.
func (all Conditions) Fields() (names []string) {
	for _, q := range all {
		names = append(names, q.Secret)
	}
	return names
}
