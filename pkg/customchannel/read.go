package customchannel

import (
	"math"
	"strconv"
)

// known is every field name of the contract. Others are not even kept.
var known = func() map[string]bool {
	names := make(map[string]bool)
	for _, name := range []string{
		"channelId", "contactId", "message", "events", "contact", "type", "mId", "timestamp", "status", "value",
		"text", "attachment", "url", "mimeType", "fileName", "description",
		"latitude", "longitude", "address", "title", "replies",
		"firstName", "lastName", "profilePic", "locale", "countryCode", "timezone", "email", "phone", "language",
		"error",
	} {
		names[name] = true
	}
	return names
}()

// object reads the fields of one JSON object and reports those of a wrong type.
// What it could not read it returns as the zero value; that the field is missing
// is for the check to say, which comes after and does not repeat itself.
type object struct {
	path   string // "" for the body
	fields map[string]field
	r      *report
}

type field struct {
	raw   []byte
	twice bool
}

// readObject returns the object that raw is; any other value is a problem.
func readObject(path string, raw []byte, r *report) (object, bool) {
	if raw[0] != '{' {
		name := path
		if name == "" {
			name = "body"
		}
		r.add(name, RuleType, "an object", jsonType(raw))
		return object{}, false
	}
	o := object{path: path, fields: make(map[string]field), r: r}
	members(raw, func(key string, value []byte) {
		if known[key] {
			_, twice := o.fields[key]
			o.fields[key] = field{raw: value, twice: twice}
		}
	})
	return o, true
}

// readBody returns the object that a whole body is.
func readBody(body []byte, r *report) (object, bool) {
	raw, ok := parse(body, r)
	if !ok {
		return object{}, false
	}
	return readObject("", raw, r)
}

// at returns the path of a field.
func (o object) at(name string) string {
	if o.path == "" {
		return name
	}
	return o.path + "." + name
}

// field returns a value that is there, once.
func (o object) field(name string) ([]byte, bool) {
	f, ok := o.fields[name]
	if f.twice {
		o.r.add(o.at(name), RuleDuplicate, "", "")
		return nil, false
	}
	return f.raw, ok
}

// text returns a string, "" where it is missing.
func (o object) text(name string) string {
	raw, ok := o.field(name)
	if !ok {
		return ""
	}
	return readText(o.at(name), raw, o.r)
}

// filled returns a string that is to be left out rather than be empty.
func (o object) filled(name string) string {
	s := o.text(name)
	if _, ok := o.fields[name]; ok && s == "" {
		o.r.add(o.at(name), RuleEmpty, "", "")
	}
	return s
}

// number returns a number, nil where it is missing, an infinity where it is too
// large for a float64.
func (o object) number(name string) *float64 {
	raw, ok := o.field(name)
	if !ok {
		return nil
	}
	if kind := jsonType(raw); kind != "a number" {
		o.r.add(o.at(name), RuleType, "a number", kind)
		return nil
	}
	n, _ := strconv.ParseFloat(string(raw), 64)
	return &n
}

// millis returns a required whole number, 0 where it is out of all range.
func (o object) millis(name string) int64 {
	n := o.number(name)
	switch {
	case n == nil:
		o.r.add(o.at(name), RuleRequired, limitMillis, "")
		return 0
	case math.Abs(*n) > maxMillis:
		return 0
	case *n != math.Trunc(*n):
		o.r.add(o.at(name), RuleFormat, limitWhole, "")
		return 0
	}
	return int64(*n)
}

// object returns an object; false where it is missing or something else.
func (o object) object(name string) (object, bool) {
	raw, ok := o.field(name)
	if !ok {
		return object{}, false
	}
	return readObject(o.at(name), raw, o.r)
}

// array returns an array's values; nil where it is missing or something else.
func (o object) array(name string) [][]byte {
	raw, ok := o.field(name)
	if !ok {
		return nil
	}
	if raw[0] != '[' {
		o.r.add(o.at(name), RuleType, "an array", jsonType(raw))
		return nil
	}
	return elements(raw)
}

// readText decodes one string.
func readText(path string, raw []byte, r *report) string {
	if raw[0] != '"' {
		r.add(path, RuleType, "a string", jsonType(raw))
		return ""
	}
	s, whole := unquote(raw)
	if !whole {
		r.add(path, RuleUnicode, "", "half a surrogate pair")
		return ""
	}
	return s
}

// index returns the path of an array's element.
func index(path string, i int) string {
	return path + "[" + strconv.Itoa(i) + "]"
}
