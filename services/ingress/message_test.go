package ingress_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/content"
)

func TestAnAcceptedMessageIsStoredUnderItsID(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	before := time.Now()
	mID := e.post(custom, `{"channelId": "`+custom+`", "contactId": "ana", "message": {"type": "text", "text": "¡Hola!"}, "unknown": {"a": [1]}}`).mID(t)
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(mID) {
		t.Errorf("mId %q", mID)
	}
	got := e.messages(1)[0]
	want := &messagev1.Message{
		Id: mID, Network: "testnet", Channel: custom, Contact: &messagev1.Contact{Address: "ana"},
		Direction: messagev1.Direction_DIRECTION_OUTBOUND, Content: content.Text("¡Hola!"), AcceptedAt: got.GetAcceptedAt(),
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if at := got.GetAcceptedAt().AsTime(); at.Before(before) || at.After(time.Now()) {
		t.Errorf("accepted at %s", at)
	}
}

func TestEveryContentIsStored(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	url := "https://example.com/a"
	attachment := func(kind string) string {
		return `{"type": "attachment", "attachment": {"type": "` + kind + `", "url": "` + url + `", "mimeType": "x/y", "fileName": "a.x"}}`
	}
	file := func(kind messagev1.AttachmentKind) *messagev1.Content {
		return content.Attachment(&messagev1.Attachment{Kind: kind, Url: url, MediaType: "x/y", FileName: "a.x"})
	}
	for _, test := range []struct {
		name, message string
		want          *messagev1.Content
	}{
		{"text", `{"type": "text", "text": "Hola"}`, content.Text("Hola")},
		{"image", attachment("image"), file(messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE)},
		{"video", attachment("video"), file(messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO)},
		{"audio", attachment("audio"), file(messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO)},
		{"file", attachment("file"), file(messagev1.AttachmentKind_ATTACHMENT_KIND_FILE)},
		{
			"caption", `{"type": "attachment", "attachment": {"type": "image", "url": "` + url + `", "description": "Mira"}}`,
			content.Attachment(&messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Url: url, Caption: "Mira"}),
		},
		{"location", `{"type": "location", "latitude": 40.5, "longitude": 0, "address": "Madrid"}`, content.Location(40.5, 0, "Madrid")},
		{
			"quick replies", `{"type": "quick_reply", "title": "¿Sí?", "replies": ["Sí", "No"]}`,
			&messagev1.Content{Kind: &messagev1.Content_QuickReply{QuickReply: &messagev1.QuickReply{Title: "¿Sí?", Replies: []string{"Sí", "No"}}}},
		},
	} {
		e.post(custom, `{"contactId": "ana", "message": `+test.message+`}`).mID(t)
		if diff := cmp.Diff(test.want, e.messages(1)[0].GetContent(), protocmp.Transform()); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
	}
}

func TestTheTokenNamesTheChannelAndThePathMay(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.post(custom, textTo("ana", "uno")).mID(t)
	e.call(http.MethodPost, "/channels/"+phone+"/message", http.Header{"Authorization": {"Bearer " + token(phone)}}, textTo("+34600111222", "dos")).mID(t)
	channels := map[string]string{}
	for _, m := range e.messages(2) {
		channels[m.GetContent().GetText().GetBody()] = m.GetChannel()
	}
	if diff := cmp.Diff(map[string]string{"uno": custom, "dos": phone}, channels); diff != "" {
		t.Error(diff)
	}
}

func TestTheContactIsOfTheChannelsIDType(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for _, test := range []struct {
		channel, contact string
		fits             bool
	}{
		{custom, "ana_=+/@09AZ", true},
		{custom, strings.Repeat("a", 50), true},
		{custom, strings.Repeat("a", 51), false},
		{custom, "ana@example.org", false},
		{custom, "", false},
		{phone, "+34600111222", true},
		{phone, "34600111222", false},
		{phone, "+34 600 111 222", false},
		{phone, "+0034600111222", false},
		{phone, "ana", false},
	} {
		a := e.post(test.channel, textTo(test.contact, "Hola"))
		if test.fits {
			a.mID(t)
			continue
		}
		if a.status != http.StatusBadRequest || !strings.Contains(a.refusal(t), "contactId") {
			t.Errorf("%s: %q: %d %s", test.channel, test.contact, a.status, a.body)
		}
	}
}

func TestABodyThatBreaksTheContractIsRefusedByFieldAndLimit(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for _, test := range []struct{ name, body, field, limit string }{
		{"nothing", "", "body", "required"},
		{"not JSON", "hola", "body", "JSON"},
		{"an array", "[]", "body", "object"},
		{"trailing garbage", textTo("ana", "Hola") + "x", "body", "one valid JSON value"},
		{"two values", textTo("ana", "Hola") + "{}", "body", "one valid JSON value"},
		{"not UTF-8", "{\"contactId\": \"ana\", \"message\": {\"type\": \"text\", \"text\": \"\xff\"}}", "body", "UTF-8"},
		{"half a surrogate pair", `{"contactId": "ana", "message": {"type": "text", "text": "\ud83d"}}`, "message.text", "surrogate"},
		{"deep", `{"contactId": "ana", "message": ` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, "body", "32"},
		{"too long", textTo("ana", strings.Repeat("a", 7001)), "message.text", "7000"},
		{"no contact", `{"message": {"type": "text", "text": "Hola"}}`, "contactId", "required"},
		{"no message", `{"contactId": "ana"}`, "message", "required"},
		{"unknown type", `{"contactId": "ana", "message": {"type": "sticker"}}`, "message.type", "text, attachment"},
		{"a word of the manual", `{"contactId": "ana", "message": {"type": "respuesta_rápida"}}`, "message.type", "quick_reply"},
		{"a key twice", `{"contactId": "ana", "contactId": "eva", "message": {"type": "text", "text": "Hola"}}`, "contactId", "more than once"},
	} {
		a := e.post(custom, test.body)
		message := a.refusal(t)
		if a.status != http.StatusBadRequest || !strings.Contains(message, test.field) || !strings.Contains(message, test.limit) {
			t.Errorf("%s: %d %q does not name %q and %q", test.name, a.status, message, test.field, test.limit)
		}
	}
}

func TestOnlyPOSTTakesAMessage(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete, http.MethodPatch, "INVENTED"} {
		for _, path := range []string{"/message", "/channels/" + custom + "/message"} {
			a := e.call(method, path, http.Header{"Authorization": {"Bearer " + token(custom)}}, textTo("ana", "Hola"))
			if a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != http.MethodPost {
				t.Errorf("%s %s: %d", method, path, a.status)
			}
			a.refusal(t)
		}
	}
}
