package customchannel

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The words that an error may be made of. Everything else would come from the body.
var (
	rules = []string{
		RuleRequired, RuleEmpty, RuleType, RuleLength, RuleCount, RuleRange, RuleEnum, RuleFormat,
		RuleUnique, RuleForeign, RuleDuplicate, RuleUnicode, RuleSyntax, RuleDepth, RuleMore,
	}
	limits = []string{
		"", limitIDTypes, limitPhoneID, limitCustomID, limitEvents, limitMessages, limitAttachments,
		limitStatuses, limitMillis, limitWhole, limitURL, limitExtension, limitMediaType, limitCountry, limitLanguage,
		limitLocale, limitEmail, limitPhone, limitEventList, limitHTTPStatus, limitImages, limitEither,
		limitReceipts, "an object", "an object with message", "an array", "a string", "a number", "a JSON object",
		"text messages", "attachment messages", "location messages", "quick_reply messages",
	}
	numericLimit = regexp.MustCompile(`^(1 to )?\d{1,4}( characters)?$|^-\d{1,3} and \d{1,3}$`)
	gotWords     = regexp.MustCompile(`^$|^\d{1,9}$|^(a string|a number|an object|an array|true or false|null)$|` +
		`^half a surrogate pair$|^bytes that are not UTF-8$|^events\[\d{1,9}\]\.mId$`)
	indexes = regexp.MustCompile(`\[\d+\]`)
)

// noValues fails where an error could hold something of the body: each part of
// each problem must come from the closed vocabulary, and no longer string of the
// body may stand in the text.
func noValues(t testing.TB, body []byte, err error) {
	t.Helper()
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("error is %T, want Problems", err)
	}
	for _, p := range problems {
		for _, name := range strings.Split(indexes.ReplaceAllString(p.Field, ""), ".") {
			if !known[name] && name != "body" && name != "idType" {
				t.Errorf("field %q is not one of the contract", p.Field)
			}
		}
		if !slices.Contains(rules, p.Rule) {
			t.Errorf("rule %q is not one of the closed set", p.Rule)
		}
		if !slices.Contains(limits, strings.TrimPrefix(p.Limit, "one of ")) && !numericLimit.MatchString(p.Limit) {
			t.Errorf("limit %q is not one of the contract", p.Limit)
		}
		if !gotWords.MatchString(p.Got) {
			t.Errorf("got %q may be a value", p.Got)
		}
	}
	if len(problems) > MaxProblems+1 {
		t.Errorf("%d problems listed", len(problems))
	}
	var v any
	if json.Unmarshal(body, &v) != nil {
		return
	}
	text := err.Error()
	for _, s := range leaves(v) {
		if len(s) >= 10 && strings.Contains(text, s) && !ours(s) {
			t.Errorf("error repeats a value of %d bytes", len(s))
		}
	}
}

// ours reports whether a string of the body happens to be one of our own words.
func ours(s string) bool {
	vocabulary := strings.Join(limits, "\n")
	for _, rule := range rules {
		vocabulary += "\n" + Problem{Rule: rule}.String()
	}
	for name := range known {
		vocabulary += "\n" + name
	}
	return strings.Contains(vocabulary, s) || strings.Contains(s, "message.") || strings.Contains(s, "events[")
}

// leaves returns every string and key in a JSON value.
func leaves(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, leaves(e)...)
		}
		return all
	case map[string]any:
		var all []string
		for key, e := range v {
			all = append(append(all, key), leaves(e)...)
		}
		return all
	}
	return nil
}

// Every known field is given a value that must not show, and is wrong.
func TestErrorsNeverHoldValues(t *testing.T) {
	const secret = "s3cr3t-+34600111222-"
	// Everything is too long, or of the wrong type, or unknown.
	long := `"` + strings.Repeat(secret, 400) + `"`
	for _, value := range []string{long, `"` + secret + `"`, `34600111222.5`, `["` + secret + `"]`, `{"` + secret + `":1}`} {
		for name := range known {
			body := []byte(`{"channelId":"c","contactId":` + value + `,"` + name + `":` + value +
				`,"events":[{"type":"message","mId":` + value + `,"timestamp":` + value + `,"message":{"type":` + value +
				`,"` + name + `":` + value + `}},{"` + name + `":` + value + `}],"contact":{"` + name + `":` + value + `},"` +
				secret + `":1}`)
			_, post := DecodePost(body, Custom)
			_, send := DecodeSend(body)
			_, answer := DecodeAnswer(400, body)
			for _, err := range []error{post, send, answer} {
				var refusal *Refusal
				if err == nil || errors.As(err, &refusal) {
					continue
				}
				noValues(t, body, err)
				if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "34600111222") {
					t.Errorf("field %s: error holds the value", name)
				}
			}
		}
	}
}
