package whatsapp_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/whatsapp"
	"github.com/bonychat/puente/services/egress/whatsapp/internal/oracle"
)

// cloudAPI judges requests by Meta's description. Each type of message is an operation of its own.
type cloudAPI struct{ *oracle.Oracle }

func (c cloudAPI) Operations() []string {
	all := []string{
		"GET " + oracle.Number, "POST " + oracle.Number, "GET " + oracle.Media, "GET " + oracle.Subscribed, "POST " + oracle.Subscribed,
	}
	for _, kind := range []string{"text", "image", "video", "audio", "document", "location", "interactive button", "interactive list", "template"} {
		all = append(all, "POST "+oracle.Messages+" "+kind)
	}
	return all
}

func (c cloudAPI) Check(r conversation.Request) (string, error) {
	method, target, _ := r.Call()
	u, err := url.Parse(target)
	if err != nil {
		return "", errors.New("the address cannot be read")
	}
	if !strings.HasPrefix(u.Path, "/v23.0/") || strings.HasSuffix(u.Path, "/subscriptions") {
		return "", nil // a download, and the app's own subscriptions, which are the Graph API's and not in the description
	}
	var body struct {
		Type        string `json:"type"`
		Interactive struct {
			Type string `json:"type"`
		} `json:"interactive"`
	}
	_ = json.Unmarshal([]byte(r.Body), &body) // what is no JSON is told below
	operation := strings.Join(strings.Fields(strings.Join([]string{method, oracle.Path(u), body.Type, body.Interactive.Type}, " ")), " ")
	return operation, c.Oracle.Check(method, u, []byte(r.Body))
}

// contradicted are Meta's own samples that its own description refuses, with what it says.
var contradicted = map[string]string{
	"Send Catalog Template Message":              "template.components.1.index",
	"Send Flow Template Message":                 "template.components.0.sub_type",
	"Send Location Message":                      "location.latitude: value must be a string",
	"Send Message Template Interactive":          `property "policy" is missing`,
	"Send Message Template Media":                `property "policy" is missing`,
	"Send Message Template Text":                 `property "policy" is missing`,
	"Send Reply to List Message":                 `property "type" is missing`,
	"Send Reply to Location Message":             "location.latitude: value must be a string",
	"Send Sample Issue Resolution Template":      `property "recipient_type" is missing`,
	"Send Sample Shipping Confirmation Template": `property "policy" is missing`,
	"Send Sample Text Message":                   `property "policy" is missing`,
	"Send Test Message":                          `property "policy" is missing`,
	"Send Text Message with Preview URL":         `property "type" is missing`,
	"Send typing indicator and read receipt":     "", // no message, and described nowhere
}

// Meta's own sample requests pass, so that what the oracle refuses is wrong.
func TestOracleAdmitsMetasSamples(t *testing.T) {
	judge := oracle.New()
	n := 0
	for key, samples := range judge.Samples {
		method, path := oracle.Method(key)
		for _, name := range slices.Sorted(maps.Keys(samples)) {
			if method == "" || !concerns(samples[name]) {
				continue
			}
			err := judge.CheckBody(method, path, samples[name])
			if why, ok := contradicted[name]; ok {
				if err == nil || !strings.Contains(err.Error(), why) {
					t.Errorf("%s: %s: %v, want %q", key, name, err, why)
				}
				continue
			}
			n++
			if err != nil {
				t.Errorf("%s: %s: %v", key, name, err)
			}
		}
	}
	if n < 15 {
		t.Errorf("%d samples", n)
	}
}

// concerns says whether a sample is of a kind that is sent here.
func concerns(sample json.RawMessage) bool {
	var m struct {
		Type        string `json:"type"`
		Interactive struct {
			Type string `json:"type"`
		} `json:"interactive"`
	}
	_ = json.Unmarshal(sample, &m)
	return slices.Contains([]string{"", "text", "image", "video", "audio", "document", "location", "template"}, m.Type) ||
		slices.Contains([]string{"button", "list"}, m.Interactive.Type)
}

func TestOracleRefuses(t *testing.T) {
	judge := oracle.New()
	message := func(rest string) string {
		return `{"messaging_product":"whatsapp","recipient_type":"individual","to":"+34600111222",` + rest + `}`
	}
	for name, body := range map[string]string{
		"nobody to send to":       `{"messaging_product":"whatsapp","recipient_type":"individual","type":"text","text":{"body":"a"}}`,
		"a user id of no shape":   `{"messaging_product":"whatsapp","recipient_type":"individual","recipient":"+34","type":"text","text":{"body":"a"}}`,
		"unknown field":           message(`"type":"text","text":{"body":"a"},"txt":1`),
		"unknown field within":    message(`"type":"text","text":{"boddy":"a"}`),
		"no text":                 message(`"type":"text"`),
		"unknown type":            message(`"type":"hologram","hologram":{}`),
		"file without address":    message(`"type":"image","image":{"caption":"a"}`),
		"file of two addresses":   message(`"type":"image","image":{"id":"1","link":"https://a.example/b"}`),
		"caption too long":        message(`"type":"image","image":{"link":"https://a.example/b","caption":"` + strings.Repeat("a", 1025) + `"}`),
		"numbers for degrees":     message(`"type":"location","location":{"latitude":1,"longitude":2}`),
		"four buttons":            message(`"type":"interactive","interactive":{"type":"button","body":{"text":"a"},"action":{"buttons":[` + strings.Repeat(`{"type":"reply","reply":{"id":"1","title":"a"}},`, 3) + `{"type":"reply","reply":{"id":"1","title":"a"}}]}}`),
		"button too long":         message(`"type":"interactive","interactive":{"type":"button","body":{"text":"a"},"action":{"buttons":[{"type":"reply","reply":{"id":"1","title":"` + strings.Repeat("a", 21) + `"}}]}}`),
		"buttons' title too long": message(`"type":"interactive","interactive":{"type":"button","body":{"text":"` + strings.Repeat("a", 1025) + `"},"action":{"buttons":[{"type":"reply","reply":{"id":"1","title":"a"}}]}}`),
		"list's title too long":   message(`"type":"interactive","interactive":{"type":"list","body":{"text":"` + strings.Repeat("a", 4097) + `"},"action":{"button":"a","sections":[{"rows":[{"id":"1","title":"a"}]}]}}`),
		"row too long":            message(`"type":"interactive","interactive":{"type":"list","body":{"text":"a"},"action":{"button":"a","sections":[{"rows":[{"id":"1","title":"` + strings.Repeat("a", 25) + `"}]}]}}`),
		"template of no name":     message(`"type":"template","template":{"language":{"policy":"deterministic","code":"es"}}`),
		"callback data too long":  message(`"type":"text","text":{"body":"a"},"biz_opaque_callback_data":"` + strings.Repeat("a", 513) + `"`),
	} {
		if err := judge.CheckBody("POST", oracle.Messages, []byte(body)); err == nil {
			t.Errorf("%s passes", name)
		}
	}
	for _, target := range []string{"/v22.0/1/messages", "/v23.0/1/media", "/v23.0/1?field=id"} {
		u, _ := url.Parse(target)
		if err := judge.Check("GET", u, nil); err == nil {
			t.Errorf("%s passes", target)
		}
	}
}

// Every sample of a webhook call in the description is read: what is a message has a contact and a content.
func TestMetasWebhookCallsAreRead(t *testing.T) {
	samples := oracle.New().Samples["webhooks"]
	if len(samples) != 16 {
		t.Fatalf("%d samples", len(samples))
	}
	want := map[string]string{
		"Text Message": "Does it come in another color?",
		"Text Message with Context (Product Inquiry)": "[about the product: di9ozbzfi4]\nIs this still available?",
		"Text Message from Click to WhatsApp Ad":      "[from an ad: Chat with us, https://fb.me/3cr4Wqqkv]\nHello! Can I get more info on this?",
		"Reaction Message":                            "[reaction 👍]",
		"Image Message":                               "1003383421387256 Taj Mahal",
		"Location Message":                            "37.44221496582 Philz Coffee, 101 Forest Ave, Palo Alto, CA 94301\nhttps://philzcoffee.com/",
		"Contact Sharing Message":                     "Lucía Gómez\nGoogle\n+1 (983) 555-2319",
		"Unsupported Message":                         "[message that WhatsApp does not hand over]",
		"Button Message":                              "Unsubscribe",
		"Interactive List Reply Message":              "Priority Mail Express\nNext Day to 2 Days",
		"Interactive Button Reply Message":            "Cancel",
		"Order Message":                               "[order]\n2 × di9ozbzfi4, 30 USD\n1 × nqryix03ez, 25 USD",
		"System Message":                              "[the contact's number is now +12195555358: write there]",
		"Group Create Message":                        "ignored: not about messages",
		"Group Settings Update":                       "ignored: not about messages",
		"Group Remove Participants":                   "ignored: not about messages",
	}
	for name, body := range samples {
		events, err := sendertest.Receive(whatsapp.Network, []byte("{}"), webhook.Call{Method: "POST", Body: body})
		if err != nil || len(events) != 1 {
			t.Errorf("%s: %d events, %v", name, len(events), err)
			continue
		}
		if got := shown(events[0]); got != want[name] {
			t.Errorf("%s: %q, want %q", name, got, want[name])
		}
	}
}

func shown(e provider.Event) string {
	c := e.Content
	switch {
	case e.Ignored != "":
		return "ignored: " + e.Ignored
	case c.GetText() != nil:
		return c.GetText().GetBody()
	case c.GetAttachment() != nil:
		return c.GetAttachment().GetHandle() + " " + c.GetAttachment().GetCaption()
	default:
		return fmt.Sprint(c.GetLocation().GetLatitude(), " ", c.GetLocation().GetAddress())
	}
}
