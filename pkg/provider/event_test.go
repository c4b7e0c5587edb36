package provider_test

import (
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// An event that lacks what belongs to its kind ends in the dead letters, with what is missing.
func TestAnEventThatLacksSomethingIsUnreadable(t *testing.T) {
	t.Parallel()
	ana, text, read := &messagev1.Contact{Address: "ana"}, content.Text("Hola"), eventv1.Status_STATUS_READ
	for _, test := range []struct {
		name string
		e    provider.Event
		want string // "" for an event that is right
	}{
		{"a message", provider.MessageEvent("1", ana, text), ""},
		{"a message without an id", provider.MessageEvent("", ana, text), "a message has no id"},
		{"a message of nobody", provider.MessageEvent("1", nil, text), "a message is from nobody"},
		{"a message of nobody's address", provider.MessageEvent("1", &messagev1.Contact{}, text), "a message is from nobody"},
		{"a message without content", provider.MessageEvent("1", ana, nil), "a message has no content"},
		{"a message with an empty content", provider.MessageEvent("1", ana, &messagev1.Content{}), "a message has no content"},
		{"an echo", provider.EchoEvent("1", ana, text, "1"), ""},
		{"an echo without content", provider.EchoEvent("1", ana, nil, "1"), "a message has no content"},
		{"a receipt", provider.ReceiptEvent("1", provider.Receipt{Ref: "7", Status: read}), ""},
		{"a receipt by our own id", provider.ReceiptEvent("1", provider.Receipt{OwnID: "m1-0", Status: read}), ""},
		{"a receipt without an id", provider.ReceiptEvent("", provider.Receipt{Ref: "7", Status: read}), "a receipt has no id"},
		{"a receipt of nothing", provider.ReceiptEvent("1", provider.Receipt{Status: read}), "a receipt is about no message"},
		{"a receipt that says nothing", provider.ReceiptEvent("1", provider.Receipt{Ref: "7"}), "a receipt has no status"},
		{"a watermark of whoever", provider.ReceiptEvent("1", provider.Receipt{UpTo: true, Ref: "7", Status: read}), "a receipt for all so far names no contact"},
		{"a watermark", provider.WatermarkEvent("1", ana, read, ""), ""},
		{"a watermark of nobody", provider.WatermarkEvent("1", nil, read, "7"), "a receipt is from nobody"},
		{"what cannot be read", provider.UnreadableEvent("it has no id"), "it has no id"},
		{"what cannot be read, nobody knows why", provider.UnreadableEvent(""), "an event cannot be read"},
		{"what is of no interest", provider.IgnoredEvent("group chat"), ""},
		{"what is of no interest, nobody knows why", provider.IgnoredEvent(""), "an event is ignored without a reason"},
	} {
		e := test.e.WithTime(time.Unix(1, 0)).WithContact(ana).WithReply(provider.Reply{Token: "t"}).AsEdit("0")
		if e.Unreadable != test.want {
			t.Errorf("%s: %q, want %q", test.name, e.Unreadable, test.want)
		}
		said := e.Key != "" && e.Contact != nil && e.Reply != nil && e.Edited && !e.At.IsZero()
		none := e.Key == "" && e.Contact == nil && e.Content == nil && e.Receipt == nil && e.Reply == nil && !e.Edited && e.At.IsZero()
		if right := test.want == "" && e.Ignored == ""; right && !said || !right && !none {
			t.Errorf("%s: %+v", test.name, e)
		}
	}
}
