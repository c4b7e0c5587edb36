package customchannel

import (
	"strings"
	"testing"
)

// Each limit passes exactly and fails by one, in letters and in emoji.
func TestLengthLimits(t *testing.T) {
	quick := func(title, reply string) *Message {
		return &Message{Type: TypeQuickReply, Title: title, Replies: []string{reply}}
	}
	zero := 0.0
	file := func(a Attachment) *Message { return &Message{Type: TypeAttachment, Attachment: &a} }
	for _, test := range []struct {
		field string
		limit int
		fixed string // what the value needs to be well formed, counted in
		put   func(*Event, string)
	}{
		{"events[0].mId", MaxMID, "", func(e *Event, s string) { e.MID = s }},
		{"events[0].message.text", MaxText, "", func(e *Event, s string) { e.Message.Text = s }},
		{"events[0].message.title", MaxTitle, "", func(e *Event, s string) { e.Message = quick(s, "r") }},
		{"events[0].message.replies[0]", MaxReply, "", func(e *Event, s string) { e.Message = quick("t", s) }},
		{"events[0].message.address", MaxAddress, "", func(e *Event, s string) {
			e.Message = &Message{Type: TypeLocation, Latitude: &zero, Longitude: &zero, Address: s}
		}},
		{"events[0].message.attachment.url", MaxURL, "https://a/", func(e *Event, s string) {
			e.Message = file(Attachment{Type: AttachmentFile, URL: s})
		}},
		{"events[0].message.attachment.fileName", MaxFileName, "a.b", func(e *Event, s string) {
			e.Message = file(Attachment{Type: AttachmentFile, URL: "https://a", FileName: s})
		}},
		{"events[0].message.attachment.description", MaxDescription, "", func(e *Event, s string) {
			e.Message = file(Attachment{Type: AttachmentImage, URL: "https://a", Description: s})
		}},
	} {
		t.Run(test.field, func(t *testing.T) {
			room := test.limit - UTF16Len(test.fixed)
			for value, fits := range map[string]bool{
				strings.Repeat("ñ", room):                                   true,
				strings.Repeat("ñ", room+1):                                 false,
				strings.Repeat("ñ", room%2) + strings.Repeat("😀", room/2):   true,
				strings.Repeat("ñ", 1+room%2) + strings.Repeat("😀", room/2): false,
			} {
				p := post()
				test.put(&p.Events[0], test.fixed+value)
				_, err := EncodePost(p, Custom)
				got := strings.Join(summary(t, err), ", ")
				if want := test.field + " " + RuleLength; fits && err != nil || !fits && got != want {
					t.Errorf("%d code units: problems %q", UTF16Len(test.fixed+value), got)
				}
			}
		})
	}
}

func TestIDTypeCheck(t *testing.T) {
	for _, test := range []struct {
		name string
		t    IDType
		id   string
		want string
	}{
		{"phone", Phone, "+60177872890", ""},
		{"longest phone", Phone, "+123456789012345", ""},
		{"phone too long for E.164", Phone, "+1234567890123456", "contactId format"},
		{"phone of no country", Phone, "+0177872890", "contactId format"},
		{"phone without +", Phone, "60177872890", "contactId format"},
		{"phone with a blank", Phone, "+ 60177872890", "contactId format"},
		{"phone with digits of another script", Phone, "+٦٠١٧٧٨٧٢٨٩", "contactId format"},
		{"plus alone", Phone, "+", "contactId format"},
		{"empty phone", Phone, "", "contactId required"},
		{"over 50 for a phone", Phone, strings.Repeat("1", 51), "contactId length"},
		{"custom with every sign", Custom, "AZaz09_=+/@", ""},
		{"custom of 50", Custom, strings.Repeat("C", 50), ""},
		{"custom of 51", Custom, strings.Repeat("C", 51), "contactId length"},
		{"custom with hyphen", Custom, "user-42", "contactId format"},
		{"custom with accent", Custom, "señor", "contactId format"},
		{"custom with a line's end", Custom, "a\n", "contactId format"},
		{"empty custom", Custom, "", "contactId required"},
		{"unknown type", "email", "a", "idType enum"},
		{"no type", "", "a", "idType enum"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := strings.Join(summary(t, test.t.Check(test.id)), ", "); got != test.want {
				t.Errorf("problems %q, want %q", got, test.want)
			}
		})
	}
}

func TestURLsAreAbsoluteAndOfTheWeb(t *testing.T) {
	for url, fits := range map[string]bool{
		"https://a/b?c#d": true, "http://a": true, "HTTPS://A:8080/ñ": true, "https://[::1]/": true,
		"data:image/png;base64,AAAA": false, "ftp://a/b": false, "file:///etc/passwd": false, "javascript:alert(1)": false,
		"//a/b": false, "/a/b": false, "a.jpg": false, "https:a": false, "https://": false, "https:///b": false,
		"http://:80/": false, " https://a": false, "https://a/\nb": false, "https://a b/": false,
	} {
		if got := isLink(url); got != fits {
			t.Errorf("isLink(%q) = %t", url, got)
		}
	}
}

func TestFileNamesHaveAnExtension(t *testing.T) {
	for name, fits := range map[string]bool{
		"a.b": true, "a.tar.gz": true, "informe.final.PDF": true,
		"factura": false, "a.": false, ".pdf": false, ".": false,
	} {
		if got := hasExtension(name); got != fits {
			t.Errorf("hasExtension(%q) = %t", name, got)
		}
	}
}
