package customchannel

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Whatever a Go program can put into the structs, a Post goes out valid or not at
// all. The bad payloads serve as programs: those that fit the structs are encoded.
func TestEncodePostRefusesOrRepairsBadPayloads(t *testing.T) {
	// A contact never holds a message back, so its mistakes are repaired although
	// a gateway that posts them is to be refused.
	repaired := map[string]bool{"timestamp_seconds": true, "attachment_description_on_file": true}
	for _, p := range payloads(t, "bad", 73) {
		if p.direction != "inbound" {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			var post Post
			if json.Unmarshal(p.body, &post) != nil {
				t.Skip("Go's types cannot hold it")
			}
			body, err := EncodePost(&post, p.idType())
			if !repaired[p.name] && !strings.HasPrefix(p.name, "contact_") {
				field, limit := expectation(t, p)
				problems, ok := err.(Problems)
				if !ok || problems[0].Field != field || !strings.Contains(problems[0].Limit, limit) {
					t.Fatalf("err = %v, want field %s with limit %q", err, field, limit)
				}
				noValues(t, p.body, err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := DecodePost(body, p.idType()); err != nil {
				t.Errorf("the repaired body is not valid: %v", err)
			}
		})
	}
}

// post returns a valid Post to spoil.
func post() *Post {
	return &Post{ChannelID: "c", ContactID: "a", Events: []Event{{
		Type: EventMessage, MID: "m", Timestamp: 1718000000123, Message: &Message{Type: TypeText, Text: "hola"},
	}}}
}

func TestEncodePostRepairs(t *testing.T) {
	nan, east := math.NaN(), 5.5
	for _, test := range []struct {
		name  string
		spoil func(*Post)
		want  string // what the body has from "timestamp" on
	}{
		{"nothing to repair", func(*Post) {}, `1718000000123,"message":{"type":"text","text":"hola"}}]}`},
		{"markup is left as it is", func(p *Post) { p.Events[0].Message.Text = "<a&b>" }, `1718000000123,"message":{"type":"text","text":"<a&b>"}}]}`},
		{"seconds become milliseconds", func(p *Post) { p.Events[0].Timestamp = 1718000000 },
			`1718000000000,"message":{"type":"text","text":"hola"}}]}`},
		{"a description stays with an image only", func(p *Post) {
			p.Events[0].Message = &Message{Type: TypeAttachment, Attachment: &Attachment{Type: AttachmentFile, URL: "https://a/b", Description: "nota"}}
		}, `1718000000123,"message":{"type":"attachment","attachment":{"type":"file","url":"https://a/b"}}}]}`},
		{"an empty contact is left out", func(p *Post) { p.Contact = &Contact{} },
			`1718000000123,"message":{"type":"text","text":"hola"}}]}`},
		{"a contact with nothing fit is left out", func(p *Post) { p.Contact = &Contact{Timezone: &nan, Phone: "none"} },
			`1718000000123,"message":{"type":"text","text":"hola"}}]}`},
		{"what fits of a contact stays", func(p *Post) { p.Contact = &Contact{FirstName: "Ana", Timezone: &east, Language: "pt-BR"} },
			`1718000000123,"message":{"type":"text","text":"hola"}}],"contact":{"firstName":"Ana","timezone":5.5}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, before := post(), post()
			test.spoil(p)
			test.spoil(before)
			body := string(must(EncodePost(p, Custom))(t))
			if _, got, _ := strings.Cut(body, `"timestamp":`); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if diff := cmp.Diff(before, p, cmp.Comparer(func(a, b float64) bool { return a == b || a != a && b != b })); diff != "" {
				t.Errorf("the argument was changed:\n%s", diff)
			}
		})
	}
}

func TestEncodeRefusesWhatItCannotRepair(t *testing.T) {
	inf := math.Inf(1)
	for _, test := range []struct {
		name  string
		spoil func(*Post)
		want  []string
	}{
		{"bytes that are not UTF-8", func(p *Post) { p.Events[0].Message.Text = "a\xff" }, []string{"events[0].message.text unicode"}},
		{"a field that would be lost", func(p *Post) { p.Events[0].Message.Title = "t" }, []string{"events[0].message.title foreign"}},
		{"a receipt with a message", func(p *Post) { p.Events[0].Type, p.Events[0].Status = EventStatus, &Status{Value: StatusRead} },
			[]string{"events[0].message foreign"}},
		{"an infinite coordinate", func(p *Post) {
			p.Events[0].Message = &Message{Type: TypeLocation, Latitude: &inf, Longitude: &inf}
		}, []string{"events[0].message.latitude range", "events[0].message.longitude range"}},
		{"a text over the limit in code units", func(p *Post) { p.Events[0].Message.Text = strings.Repeat("😀", 3501) },
			[]string{"events[0].message.text length"}},
		{"an mId twice", func(p *Post) { p.Events = append(p.Events, p.Events[0]) }, []string{"events[1].mId unique"}},
		{"nothing at all", func(p *Post) { *p = Post{} }, []string{"channelId required", "contactId required", "events required"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := post()
			test.spoil(p)
			_, err := EncodePost(p, Custom)
			if diff := cmp.Diff(test.want, summary(t, err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
	if _, err := EncodePost(nil, Phone); err == nil {
		t.Error("nil Post encoded")
	}
	if _, err := EncodeSend(nil); err == nil {
		t.Error("nil Send encoded")
	}
	if _, err := EncodePost(post(), "email"); err == nil {
		t.Error("unknown ID type encoded")
	}
}

func TestContactFit(t *testing.T) {
	pic := "https://cdn.example.net/" + strings.Repeat("p", MaxURL)
	out, in := 24.5, -24.0
	for _, test := range []struct {
		name       string
		give, want Contact
	}{
		{"what fits is kept", Contact{FirstName: "Ana", Locale: "es_ES", CountryCode: "ES", Timezone: &in, Email: "a@b", Phone: "+34 (600) 111-222", Language: "es", ProfilePic: "http://a/b"},
			Contact{FirstName: "Ana", Locale: "es_ES", CountryCode: "ES", Timezone: &in, Email: "a@b", Phone: "+34 (600) 111-222", Language: "es", ProfilePic: "http://a/b"}},
		{"names are cut before a broken emoji", Contact{FirstName: strings.Repeat("a", 49) + "😀", LastName: strings.Repeat("é", 51)},
			Contact{FirstName: strings.Repeat("a", 49), LastName: strings.Repeat("é", 50)}},
		{"a name that is not UTF-8 is repaired", Contact{FirstName: "An\xff"}, Contact{FirstName: "An\ufffd"}},
		{"case and separator are put right", Contact{Locale: "pt-BR", CountryCode: "br", Language: "PT"}, Contact{Locale: "pt_BR", CountryCode: "BR", Language: "pt"}},
		{"what does not fit is left out", Contact{ProfilePic: pic, Locale: "Spanish", CountryCode: "ESP", Timezone: &out, Email: strings.Repeat("e", 50) + "@b", Phone: "+111111111111111111", Language: "es-MX"}, Contact{}},
		{"what is not what it says is left out", Contact{ProfilePic: "/a.png", Email: "a\xff@b", Phone: "()"}, Contact{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := test.give.Fit()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Fit (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(got, got.Fit()); diff != "" {
				t.Errorf("fitting again changed it:\n%s", diff)
			}
		})
	}
}
