package customchannel

import (
	"math"
	"strconv"

	"github.com/bonychat/puente/pkg/customchannel/internal/rawjson"
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
		r.add(name, RuleType, rawjson.Object, rawjson.Type(raw))
		return object{}, false
	}
	o := object{path: path, fields: make(map[string]field), r: r}
	rawjson.Members(raw, func(key string, value []byte) {
		if known[key] {
			_, twice := o.fields[key]
			o.fields[key] = field{raw: value, twice: twice}
		}
	})
	return o, true
}

// readBody returns the object that a whole body is.
func readBody(body []byte, r *report) (object, bool) {
	raw, fault, at := rawjson.Parse(body, MaxDepth)
	switch fault {
	case "":
		return readObject("", raw, r)
	case rawjson.Empty:
		r.add("body", RuleRequired, "a JSON object", "")
	case rawjson.Unicode:
		r.add("body", RuleUnicode, "", "bytes that are not UTF-8")
	case rawjson.Deep:
		r.add("body", RuleDepth, strconv.Itoa(MaxDepth), "")
	case rawjson.Syntax:
		r.add("body", RuleSyntax, "", strconv.FormatInt(at, 10))
	}
	return object{}, false
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
	if kind := rawjson.Type(raw); kind != rawjson.Number {
		o.r.add(o.at(name), RuleType, rawjson.Number, kind)
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
		o.r.add(o.at(name), RuleType, rawjson.Array, rawjson.Type(raw))
		return nil
	}
	return rawjson.Elements(raw)
}

// readText decodes one string.
func readText(path string, raw []byte, r *report) string {
	if raw[0] != '"' {
		r.add(path, RuleType, rawjson.String, rawjson.Type(raw))
		return ""
	}
	s, whole := rawjson.Text(raw)
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
