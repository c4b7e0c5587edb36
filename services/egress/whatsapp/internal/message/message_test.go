package message

import (
	"testing"
)

func TestE164(t *testing.T) {
	for number, want := range map[string]string{
		"34600111222": "+34600111222", "+34600111222": "+34600111222", "0034600111222": "", "": "", "+": "", "34 600": "", "US.13": "",
		"1234567890123456": "", "++34600111222": "", "346001112２2": "",
	} {
		if got := E164(number); got != want {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
}

// What came with a message is told beside it, and people are known by whatever address is told of them.
func TestWhoWroteWhat(t *testing.T) {
	body, ok := Decode([]byte(`{
		"contacts": [{"wa_id": "34600111222", "user_id": "ES.15", "profile": {"name": "Ana", "country_code": "ES"}}],
		"messages": [{"type": "text", "text": {"body": "hola"}, "context": {"forwarded": true}}, {"type": "location", "location": {"latitude": 91, "longitude": "2"}}]
	}`))
	if !ok {
		t.Fatal("it cannot be read")
	}
	all := body.At("messages").List()
	if got := Content(all[0]).GetText().GetBody(); got != "hola" || len(Notes(all[0])) != 1 {
		t.Errorf("%q, %v", got, Notes(all[0]))
	}
	if got := Content(all[1]).GetText().GetBody(); got != "[location]" {
		t.Errorf("no place on Earth: %q", got)
	}
	ana := About(body, all).Who("34600111222", "")
	if ana.GetAddress() != "+34600111222" || len(ana.GetAliases()) != 1 || ana.GetAliases()[0] != "ES.15" || ana.GetProfile().GetFirstName() != "Ana" {
		t.Errorf("%v", ana)
	}
	if other := About(body, all).Who("34600111333", ""); len(other.GetAliases()) != 0 || other.GetProfile() != nil {
		t.Errorf("a stranger has the name of somebody else: %v", other)
	}
	if other := About(body, all[:1]).Who("", ""); other.GetAddress() != "+34600111222" {
		t.Errorf("who is told beside one message did not write it: %v", other)
	}
}

// A call may hold anything at any place.
func FuzzContent(f *testing.F) {
	for _, seed := range []string{
		`{"type":"text","text":{"body":1}}`, `{"type":"contacts","contacts":[{"phones":[{"phone":"+34"}],"addresses":{}}]}`,
		`{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"response_json":"{\"a\":{\"b\":[1]}}"}}}`,
		`{"type":"order","order":{"product_items":[{"quantity":2}]}}`, `{"type":[],"context":{"referred_product":[]}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, ok := Decode(data)
		if !ok {
			return
		}
		said := Content(m)
		if said == nil && m.At("type").Text() != "reaction" {
			t.Errorf("%s says nothing", data)
		}
		Notes(m)
		if n := OwnNumber(m); n != "" && E164(n) != n {
			t.Errorf("%q is no number", n)
		}
		if c := About(m, []Value{m}).Who("", ""); c != nil && E164(c.GetAddress()) == "" && !IsUserID(c.GetAddress()) {
			t.Errorf("%q is no address", c.GetAddress())
		}
	})
}
