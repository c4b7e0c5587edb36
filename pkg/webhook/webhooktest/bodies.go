package webhooktest

import "strings"

// shape is a hostile body of any size.
type shape struct{ name, begin, each, end string }

func (s shape) of(size int) []byte {
	return []byte(s.begin + strings.Repeat(s.each, (size-len(s.begin)-len(s.end))/len(s.each)) + s.end)
}

// shapes cost much more than their bytes where they are decoded before anybody knows whose they are.
var shapes = []shape{
	{"a list of numbers", `{"entry":[`, `0,`, `0]}`},
	{"a list of lists", `{"events":[`, `[],`, `[]]}`},
	{"a list of objects", `{"entry":[`, `{"id":1},`, `{}]}`},
	{"a list of texts", `[`, `"",`, `""]`},
	{"an object of many keys", `{`, `"":0,`, `"":0}`},
	{"an object of escaped keys", `{`, `"\u0065ntry":0,`, `"":0}`},
	{"a long path", ``, `{"entry":`, ``},
	{"deep lists", ``, `[`, ``},
	{"a text of escapes", `{"event":"`, `\ud83d`, `"}`},
	{"a long number", `{"update_id":`, `1`, `}`},
	{"blanks", ``, ` `, ``},
	{"a form of empty names", ``, `&`, ``},
	{"a form of many names", ``, `a&`, ``},
	{"a form of one name", ``, `MessageSid=&`, ``},
	{"a form of escapes", `Body=`, `%41`, ``},
	{"a form of escaped names", ``, `%4DessageSid=1&`, ``},
	{"a form that is broken at its end", ``, `a=1&`, `%zz`},
	{"many elements", `<xml>`, `<a/>`, `</xml>`},
	{"nested elements", ``, `<a>`, ``},
	{"many attributes", `<xml`, ` a=""`, `/>`},
	{"many comments", `<xml>`, `<!---->`, `</xml>`},
	{"many entities", `<xml><Encrypt>`, `&lt;`, `</Encrypt></xml>`},
	{"many texts in brackets", `<xml><Encrypt>`, `<![CDATA[]]>`, `</Encrypt></xml>`},
	{"a long element", `<xml><Encrypt>`, `a`, `</Encrypt></xml>`},
}
