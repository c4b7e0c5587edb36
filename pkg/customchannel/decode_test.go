package customchannel

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// summary is a problem as tables write it: its field and its rule.
func summary(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("error is %T, want Problems: %v", err, err)
	}
	var list []string
	for _, p := range problems {
		list = append(list, p.Field+" "+p.Rule)
	}
	return list
}

func TestDecodeSend(t *testing.T) {
	text := func(fields string) string { return `{"contactId":"a","message":{"type":"text",` + fields + `}}` }
	for _, test := range []struct {
		name string
		body string
		want []string
	}{
		{"channelId may be missing", text(`"text":"x"`), nil},
		{"unknown fields are ignored whatever they hold", `{"contactId":"a","x":null,"x":[{}],"message":{"type":"text","text":"x","y":"\ud800"}}`, nil},
		{"names are compared exactly", `{"contactID":"a","message":{"Type":"text","type":"text","text":"x"}}`, []string{"contactId required"}},
		{"an escaped name is the same name", `{"contact\u0049d":"a","message":{"type":"text","text":"x"}}`, nil},
		{"a name escaped the second time is a duplicate", `{"contactId":"a","contact\u0049d":"b","message":{"type":"text","text":"x"}}`, []string{"contactId duplicate"}},
		{"a duplicate is one mistake", `{"contactId":"a","message":{"type":"text"},"message":{"type":"text"}}`, []string{"message duplicate"}},
		{"a duplicate inside the message", text(`"text":"x","text":"x"`), []string{"message.text duplicate"}},
		{"null is no string", text(`"text":null`), []string{"message.text type"}},
		{"null is no object", `{"contactId":"a","message":null}`, []string{"message type"}},
		{"channelId is left out and not empty", `{"channelId":"","contactId":"a","message":{"type":"text","text":"x"}}`, []string{"channelId empty"}},
		{"contactId is at most 50", `{"contactId":"` + strings.Repeat("a", 51) + `","message":{"type":"text","text":"x"}}`, []string{"contactId length"}},
		{"all mistakes at once", `{"channelId":1,"message":{"type":"quick_reply","title":[],"replies":["a",2,""]}}`,
			[]string{"channelId type", "message.title type", "message.replies[1] type", "contactId required", "message.replies[2] required"}},
		{"another type's fields are unknown", text(`"text":"x","attachment":5,"latitude":null,"text2":1`), nil},
		{"an unknown type hides the other fields", `{"contactId":"a","message":{"type":"card","text":5}}`, []string{"message.type enum"}},
		{"fileName is left out and not empty", `{"contactId":"a","message":{"type":"attachment","attachment":{"type":"file","url":"https://a/b","fileName":""}}}`,
			[]string{"message.attachment.fileName empty"}},
		{"too many replies are checked up to the limit", `{"contactId":"a","message":{"type":"quick_reply","title":"t","replies":["",1,"c","d","e","f","g","h","i","j",[],{}]}}`,
			[]string{"message.replies[1] type", "message.replies[0] required", "message.replies count"}},
		{"an escaped pair is one character", text(`"text":"\ud83d\ude00"`), nil},
		{"an escaped backslash is no surrogate", text(`"text":"\\ud800"`), nil},
		{"high half alone", text(`"text":"\ud83d"`), []string{"message.text unicode"}},
		{"low half alone", text(`"text":"a\uDE00b"`), []string{"message.text unicode"}},
		{"high half before another escape", text(`"text":"\ud83d\n"`), []string{"message.text unicode"}},
		{"high half before an escaped letter", text(`"text":"\ud83d\u0041"`), []string{"message.text unicode"}},
		{"two high halves", text(`"text":"\ud83d\ud83d\ude00"`), []string{"message.text unicode"}},
		{"halves apart", text(`"text":"\ud83d \ude00"`), []string{"message.text unicode"}},
		{"half a pair in a reply", `{"contactId":"a","message":{"type":"quick_reply","title":"t","replies":["\ud800"]}}`, []string{"message.replies[0] unicode"}},
		{"bytes that are not UTF-8", text("\"text\":\"\xff\""), []string{"body unicode"}},
		{"a surrogate in UTF-8 form", text("\"text\":\"\xed\xa0\x80\""), []string{"body unicode"}},
		{"nothing", "", []string{"body required"}},
		{"blanks", " \n", []string{"body required"}},
		{"blanks around the value", " \r\n" + text(`"text":"x"`) + "\t\n", nil},
		{"cut off", `{"contactId":"a"`, []string{"body syntax"}},
		{"something after the value", text(`"text":"x"`) + "x", []string{"body syntax"}},
		{"a second value", text(`"text":"x"`) + text(`"text":"x"`), []string{"body syntax"}},
		{"a comma too many", `{"contactId":"a",}`, []string{"body syntax"}},
		{"a byte order mark", "\ufeff" + text(`"text":"x"`), nil},
		{"two byte order marks", "\ufeff\ufeff{}", []string{"body syntax"}},
		{"NaN", `{"contactId":NaN}`, []string{"body syntax"}},
		{"an array", `[]`, []string{"body type"}},
		{"null", `null`, []string{"body type"}},
		{"a string", `"a"`, []string{"body type"}},
		{"nesting at the limit", nested(MaxDepth), nil},
		{"nesting over the limit", nested(MaxDepth + 1), []string{"body depth"}},
		{"nesting that never closes", strings.Repeat("[", 1<<20), []string{"body depth"}},
		{"brackets in a string are no nesting", text(`"text":"` + strings.Repeat("[{", 99) + `\"[{"`), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := DecodeSend([]byte(test.body))
			if diff := cmp.Diff(test.want, summary(t, err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if err != nil {
				noValues(t, []byte(test.body), err)
			}
		})
	}
}

// nested returns a valid body with an unknown field that nests to the depth.
func nested(depth int) string {
	return `{"contactId":"a","message":{"type":"text","text":"x"},"x":` +
		strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + `}`
}

func TestDecodePost(t *testing.T) {
	const event = `{"type":"message","mId":"m","timestamp":1718000000123,"message":{"type":"text","text":"x"}}`
	post := func(events string) string { return `{"channelId":"c","contactId":"a","events":[` + events + `]}` }
	receipt := func(fields string) string {
		return `{"type":"message_status","mId":"m","timestamp":1718000000123,` + fields + `}`
	}
	for _, test := range []struct {
		name string
		body string
		want []string
	}{
		{"one event", post(event), nil},
		{"an mId twice", post(event + "," + event), []string{"events[1].mId unique"}},
		{"receipts of one message share its mId", post(receipt(`"status":{"value":"sent"}`) + "," + receipt(`"status":{"value":"read"}`)), nil},
		{"an event that is no object is one mistake", post(`5,null`), []string{"events[0] type", "events[1] type"}},
		{"a status that is a string is one mistake", post(receipt(`"status":"sent"`)), []string{"events[0].status type"}},
		{"a status without value", post(receipt(`"status":{}`)), []string{"events[0].status.value required"}},
		{"a reason that is no string", post(receipt(`"status":{"value":"failed","message":{}}`)), []string{"events[0].status.message type"}},
		{"a receipt's message is unknown", post(receipt(`"message":5,"status":{"value":"sent"}`)), nil},
		{"an event without anything", post(`{}`), []string{"events[0].timestamp required", "events[0].mId required", "events[0].type required"}},
		{"a contact with nothing known", strings.TrimSuffix(post(event), "}") + `,"contact":{"x":1}}`, nil},
		{"a contact that is null", strings.TrimSuffix(post(event), "}") + `,"contact":null}`, []string{"contact type"}},
		{"a contact's mistakes", strings.TrimSuffix(post(event), "}") +
			`,"contact":{"firstName":"","lastName":null,"profilePic":"data:image/png;base64,AAAA","locale":"en-US","countryCode":"es","timezone":"2","email":"ana","phone":"call me","language":"spa"}}`,
			[]string{"contact.firstName empty", "contact.lastName type", "contact.timezone type", "contact.profilePic format",
				"contact.locale format", "contact.countryCode format", "contact.email format", "contact.phone format", "contact.language format"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := DecodePost([]byte(test.body), Custom)
			if diff := cmp.Diff(test.want, summary(t, err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if err != nil {
				noValues(t, []byte(test.body), err)
			}
		})
	}
}

func TestNumbersCountByValue(t *testing.T) {
	for _, test := range []struct{ name, number, rule string }{
		{"plain", "1718000000123", ""},
		{"with a zero fraction", "1718000000123.0", ""},
		{"with an exponent", "1.718000000123e12", ""},
		{"a fraction of a millisecond", "1718000000123.5", RuleFormat},
		{"seconds", "1718000000", RuleFormat},
		{"microseconds", "1718000000123000", RuleFormat},
		{"zero", "0", RuleFormat},
		{"negative", "-1718000000123", RuleFormat},
		{"larger than a float64", "1e999999999", RuleFormat},
		{"more digits than an int64", strings.Repeat("9", 5000), RuleFormat},
		{"a string", `"1718000000123"`, RuleType},
		{"the first plausible one", "100000000000", ""},
		{"one less", "99999999999", RuleFormat},
		{"the last plausible one", "99999999999999", ""},
		{"one more", "100000000000000", RuleFormat},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := `{"channelId":"c","contactId":"a","events":[{"type":"message_status","mId":"m","timestamp":` +
				test.number + `,"status":{"value":"sent"}}]}`
			var want []string
			if test.rule != "" {
				want = []string{"events[0].timestamp " + test.rule}
			}
			_, err := DecodePost([]byte(body), Custom)
			if diff := cmp.Diff(want, summary(t, err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCoordinates(t *testing.T) {
	for _, test := range []struct{ name, latitude, longitude, field string }{
		{"corner", "90", "-180", ""},
		{"another form of the corner", "9e1", "-180.000", ""},
		{"just outside", "90.00000000000001", "0", "message.latitude range"},
		{"larger than a float64", "0", "-1e400", "message.longitude range"},
		{"smaller than a float64", "1e-400", "-0", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := DecodeSend(fmt.Appendf(nil, `{"contactId":"a","message":{"type":"location","latitude":%s,"longitude":%s}}`, test.latitude, test.longitude))
			if got := strings.Join(summary(t, err), ", "); got != test.field {
				t.Errorf("problems %q, want %q", got, test.field)
			}
		})
	}
}

func TestProblemsAreBounded(t *testing.T) {
	body := []byte(`{"channelId":"c","contactId":"a","events":[` + strings.Repeat("{},", 1<<16) + `{}]}`)
	_, err := DecodePost(body, Custom)
	list := summary(t, err)
	if len(list) != MaxProblems+1 || list[MaxProblems] != "body more" {
		t.Errorf("%d problems, last %q", len(list), list[len(list)-1])
	}
}
