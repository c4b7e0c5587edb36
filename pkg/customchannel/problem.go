package customchannel

import (
	"fmt"
	"strings"
)

// Rules that a field can break. The set is closed, so a rule may label a metric.
const (
	RuleRequired  = "required"  // missing, or empty where something is needed
	RuleEmpty     = "empty"     // "" where the field is to be left out instead
	RuleType      = "type"      // another JSON type, null included
	RuleLength    = "length"    // too many UTF-16 code units
	RuleCount     = "count"     // an array with too few or too many elements
	RuleRange     = "range"     // a number outside its bounds
	RuleEnum      = "enum"      // not one of the listed words
	RuleFormat    = "format"    // right type and length, wrong shape
	RuleUnique    = "unique"    // an mId that another event of the body has
	RuleForeign   = "foreign"   // a field of another type of message, event or attachment
	RuleDuplicate = "duplicate" // a key given more than once
	RuleUnicode   = "unicode"   // not valid UTF-8, or half a surrogate pair
	RuleSyntax    = "syntax"    // the body is not one JSON value
	RuleDepth     = "depth"     // nested too deep
	RuleMore      = "more"      // MaxProblems reached, the rest is not listed
)

// Problem is one mistake. It never holds a value that was sent: Got is a length,
// a count, a byte offset, an HTTP status, a JSON type or another field's path.
type Problem struct {
	Field string // JSON path such as events[0].message.text; "body" for the whole
	Rule  string // one of the Rule constants
	Limit string // what is allowed, such as "7000"; empty where the rule says it all
	Got   string // what was there instead; empty where naming it would reveal a value
}

// String returns one clause, such as "message.text: 7001 characters (UTF-16 code
// units), at most 7000 are allowed".
func (p Problem) String() string {
	return p.Field + ": " + p.Phrase()
}

// Phrase is String without the field: "is required, 1 to 7000 characters".
func (p Problem) Phrase() string {
	switch p.Rule {
	case RuleRequired:
		if p.Limit == "" {
			return "is required"
		}
		return fmt.Sprintf("is required, %s", p.Limit)
	case RuleEmpty:
		return "is empty, leave it out instead"
	case RuleType:
		return fmt.Sprintf("must be %s, not %s", p.Limit, p.Got)
	case RuleLength:
		return fmt.Sprintf("%s characters (UTF-16 code units), at most %s are allowed", p.Got, p.Limit)
	case RuleCount:
		return fmt.Sprintf("holds %s, must hold %s", p.Got, p.Limit)
	case RuleRange:
		return fmt.Sprintf("must be between %s", p.Limit)
	case RuleEnum:
		return fmt.Sprintf("must be one of %s", p.Limit)
	case RuleFormat:
		return fmt.Sprintf("must be %s", p.Limit)
	case RuleUnique:
		return fmt.Sprintf("is the same as %s, each must be unique", p.Got)
	case RuleForeign:
		return fmt.Sprintf("is for %s only", p.Limit)
	case RuleDuplicate:
		return "is given more than once"
	case RuleUnicode:
		return fmt.Sprintf("is not valid Unicode, it holds %s", p.Got)
	case RuleSyntax:
		return fmt.Sprintf("is not one valid JSON value, see byte %s", p.Got)
	case RuleDepth:
		return fmt.Sprintf("is nested deeper than %s", p.Limit)
	case RuleMore:
		return fmt.Sprintf("has more mistakes than the %s listed", p.Limit)
	default:
		return "is not valid"
	}
}

// Problems is every mistake of one body, in the order of the checks. It is the
// error of all functions here that judge one; take it out with errors.As.
type Problems []Problem

// Error returns the problems in one line, separated by semicolons.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "; ")
}

// report collects problems. The first one of a field stands, and silences later
// ones of that field and of all below it: a status that is a string is one
// mistake, not also a missing status.value.
type report struct {
	list Problems
	seen map[string]bool
}

func (r *report) add(field, rule, limit, got string) {
	if r.full() || r.told(field) {
		return
	}
	if len(r.list) == MaxProblems {
		r.list = append(r.list, Problem{Field: "body", Rule: RuleMore, Limit: fmt.Sprint(MaxProblems)})
		return
	}
	if r.seen == nil {
		r.seen = make(map[string]bool)
	}
	r.seen[field] = true
	r.list = append(r.list, Problem{Field: field, Rule: rule, Limit: limit, Got: got})
}

// full reports whether further problems would not be listed.
func (r *report) full() bool { return len(r.list) > MaxProblems }

// told reports whether the field, or one that it lies in, has its problem.
func (r *report) told(field string) bool {
	for i := 1; i < len(field); i++ {
		if (field[i] == '.' || field[i] == '[') && r.seen[field[:i]] {
			return true
		}
	}
	return r.seen[field]
}

// err returns the problems, or a nil error where there are none.
func (r *report) err() error {
	if len(r.list) == 0 {
		return nil
	}
	return r.list
}
