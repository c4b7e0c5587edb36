package fit_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/bonychat/puente/pkg/provider"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	"github.com/bonychat/puente/services/translator/fit"
)

// TestWhatBrokeOthers are inputs of public reports on bridges of this kind: what a person wrote arrives as they wrote it.
func TestWhatBrokeOthers(t *testing.T) {
	const family = "👨\u200d👩\u200d👧\u200d👦"
	address := "https://t.example/" + strings.Repeat("p", 200)
	all := provider.Carries{Text: provider.Limit{Max: 4096}, Caption: provider.Limit{Max: 1024}, Image: page, Location: page, LocationAddress: page, Buttons: provider.Limit{Max: 10}, ButtonText: provider.Limit{Max: 20}}
	for name, test := range map[string]struct {
		in   *messagev1.Content
		want []*messagev1.Content
	}{
		"line ends of every kind":  {text("uno\r\ndos\u2028tres\u0085cuatro"), []*messagev1.Content{text("uno\r\ndos\u2028tres\u0085cuatro")}},
		"marks of right to left":   {text("\u200fمرحبا \u202bשלום\u202c\u2069 tail\u200e"), []*messagev1.Content{text("\u200fمرحبا \u202bשלום\u202c\u2069 tail\u200e")}},
		"signs of a markup":        {attachment(image, "https://files.example/a.jpg", "", "*negrita* <b>x</b> & _y_"), []*messagev1.Content{attachment(image, "https://files.example/a.jpg", "", "*negrita* <b>x</b> & _y_")}},
		"an address at the limit":  {text(strings.Repeat("x", 4050) + " " + address), []*messagev1.Content{text(strings.Repeat("x", 4050) + " "), text(address)}},
		"an emoji at the limit":    {text(strings.Repeat("a", 4093) + family + "fin"), []*messagev1.Content{text(strings.Repeat("a", 4093)), text(family + "fin")}},
		"a place with a bar":       {location(0, 0, "Null Island | x"), []*messagev1.Content{location(0, 0, "Null Island | x")}},
		"a button three times":     {quickReply("¿?", "Sí", "Sí", " Sí ", "No"), []*messagev1.Content{text("¿?\n\n1. Sí\n2. Sí\n3.  Sí \n4. No")}},
		"buttons that nobody sees": {quickReply("¿?", " ", "\u200b", "No"), []*messagev1.Content{text("¿?\n\n1.  \n2. \u200b\n3. No")}},
	} {
		got, numbered := fit.Fit(test.in, all)
		if diff := cmp.Diff(test.want, got, protocmp.Transform()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if replies := test.in.GetQuickReply().GetReplies(); len(replies) > 0 {
			if reply, ok := fit.Answer("2", numbered); !ok || reply != replies[1] {
				t.Errorf("%s: 2 answers %q", name, reply)
			}
		}
	}
}
